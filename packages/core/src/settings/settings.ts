import { z } from 'zod';
import { agentsSchema } from './agent-settings.js';
import {
  budgetsSchema,
  checkValidate,
  commandLineSchema as command,
  serveSchema,
  validateSchema,
  workspacePath,
} from './section-settings.js';

const trackerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('github'),
    /** `owner/name`. @default from the remote `origin` */
    repository: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/)
      .optional(),
    /** Base URL of the REST API: `https://github.example.com/api/v3` for Enterprise. */
    apiUrl: z.url().optional(),
  }),
  z.strictObject({
    type: z.literal('markdown'),
    /** Folder with one Markdown file per issue, relative to the workspace. */
    directory: z.string().min(1).default('docs/issues'),
  }),
]);

const variableName = z.string().regex(/^[A-Z_][A-Z0-9_]*$/);

/** Variables, or keys of `nx.json`, `project.json` and `package.json`, that committed files may give a database that worktrees share. @default none */
const shared = z.array(z.string().min(1)).optional();

/** What every kind of database has. */
const everyDatabase = {
  /** More variables for a branch: `{url}` is its URL, `{host}`, `{port}`, `{user}`, `{password}` and `{database}` are parts of it. @default none */
  extraVariables: z.record(variableName, z.string()).optional(),
  shared,
};

const sqliteSchema = z.strictObject({
  type: z.literal('sqlite'),
  ...everyDatabase,
  /** Database file, relative to the workspace; copied to the same place in each worktree. */
  file: z.string().min(1),
  /** Environment variable that gets its URL. */
  variable: variableName.default('DATABASE_URL'),
  /** Form of that URL; `{file}` is the copy's absolute path. */
  url: z.string().includes('{file}').default('file:{file}'),
});

const postgresSchema = z.strictObject({
  type: z.literal('postgres'),
  ...everyDatabase,
  /** Environment variable that holds the URL of the database to copy; its role must be allowed to create databases. Without it, `DB_HOST`, `DB_NAME` and the like. */
  source: variableName.default('DATABASE_URL'),
  /** Environment variable that gets the copy's URL. */
  variable: variableName.default('DATABASE_URL'),
  /** Whether sessions on the source may be ended when it has to be copied: PostgreSQL copies no database that is in use. */
  endSessions: z.boolean().default(false),
});

const neonSchema = z
  .strictObject({
    type: z.literal('neon'),
    ...everyDatabase,
    /** @default the environment variable `NEON_PROJECT_ID` */
    projectId: z.string().min(1).optional(),
    /** Name or id of the branch to copy. @default the project's default branch */
    parent: z.string().min(1).optional(),
    /** @default the parent's only database, or `neondb` */
    database: z.string().min(1).optional(),
    /** @default the database's owner */
    role: z.string().min(1).optional(),
    /** Days after which Neon removes a branch that was forgotten; counted again whenever the worktree is made again. */
    expiresInDays: z.number().positive().max(30).default(7),
    /** Environment variable that gets the pooled URL. */
    variable: variableName.default('DATABASE_URL'),
    /** Environment variable that gets the URL without the pooler, for migrations. */
    directVariable: variableName.default('DIRECT_URL'),
    /** Base URL of the API. */
    apiUrl: z.url().default('https://console.neon.tech/api/v2'),
  })
  .refine(({ variable, directVariable }) => variable !== directVariable, {
    path: ['directVariable'],
    message: 'expected another name than that of "variable"',
  });

/** The way to any other database: programs of the team. `{name}` in their words is the branch's name, `{project}` the project. */
const commandDatabaseSchema = z.strictObject({
  type: z.literal('command'),
  ...everyDatabase,
  /** Makes the branch, or finds it; prints a line `NAME=value` for each variable. */
  create: command,
  /** Removes it; succeeds when there is none. */
  remove: command,
  /** Prints the names of all branches, one per line. @default orphans cannot be found */
  list: command.optional(),
  /** A fresh copy in place of the present one; prints variables like `create`. @default remove, then create */
  reset: command.optional(),
  /** Variables that `create` prints. */
  variables: z.array(variableName).min(1).default(['DATABASE_URL']),
  /** Names of our environment's variables that these programs may see, besides the allow-list. */
  passEnv: z.array(z.string()).default([]),
});

const databaseSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none'), shared }),
  sqliteSchema,
  postgresSchema,
  neonSchema,
  commandDatabaseSchema,
]);

const worktreesSchema = z.strictObject({
  /** Where linked worktrees live, relative to the main one. `{repo}` is the main worktree's folder name. */
  directory: z.string().min(1).default('../{repo}.worktrees'),
  /** Commands that run in a new worktree, and in each spare, before dependencies are installed; they may run twice in one. */
  prepare: z.array(command).default([]),
  /** Commands that run in a new worktree once its dependencies, database and env file are there. */
  setup: z.array(command).default([]),
  /** A command that must succeed before a worktree is called ready. @default none */
  smoke: command.optional(),
  /** Names of our environment's variables that setup commands and checks may see, besides the allow-list. */
  passEnv: z.array(z.string()).default([]),
  /** How dependencies come into a worktree; see `DependencySafety`. */
  safety: z.enum(['hardlink', 'reflink', 'copy', 'install']).default('hardlink'),
  /** How many worktrees are kept ready, checked out and with dependencies, for the next issues. In CI none is. */
  spares: z.int().min(0).max(20).default(1),
  /** How many worktrees are provisioned at the same time. */
  parallel: z.int().min(1).max(32).default(3),
});

const portsSchema = z.strictObject({
  /** Environment variables that get a port, in the order of the block's first ports. */
  variables: z
    .array(z.string().regex(/^[A-Z_][A-Z0-9_]*$/))
    .min(1)
    .max(10)
    .default(['PORT', 'API_PORT', 'DEBUG_PORT']),
  /** Ports that no block may hold. */
  reserved: z.array(z.int().min(1).max(65535)).default([]),
});

const EXCLUDED = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'Gemfile.lock',
  'composer.lock',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'go.sum',
  'gradle.lockfile',
  'packages.lock.json',
  'flake.lock',
  '*.min.js',
  '*.min.css',
  '*.js.map',
  '*.css.map',
];

const reviewSchema = z.strictObject({
  /** The lowest severity that blocks, or `none`. */
  blockOn: z.enum(['critical', 'high', 'medium', 'low', 'none']).default('high'),
  /** How often `agent-deliver` has the writer fix what the reviewers found. */
  rounds: z.int().min(0).max(10).default(2),
  /** Projects of the repository whose changes `agent-review` reviews: names, folders or `tag:<name>`, as globs; `!` leaves out. @default none */
  projects: z.array(z.string().min(1)).default([]),
  /** Files whose lines reviewers do not get, as globs from the root; one without `/` holds in every folder, `!` takes files back. @default lock files, minified files and source maps */
  exclude: z
    .array(z.string().regex(/^!?[^/!]([^]*[^/])?$/, 'expected a glob without "/" at its start and end, such as "src/generated/**"'))
    .default(EXCLUDED),
});

const buildSchema = z.strictObject({
  /** How often a writer may try until the checks pass, each time with a fresh context. */
  attempts: z.int().min(1).max(10).default(3),
  /** Form of the commit messages: text with `{subject}`, `{title}`, `{reference}`, `{url}`. @default a subject like those of the history, and the URL */
  commit: z.string().trim().min(1).optional(),
});

const limitsSchema = z.strictObject({
  /** Wall-clock limit of one agent run, in minutes. */
  agentMinutes: z.number().positive().default(30),
  /** Limit for silence of an agent, in minutes. */
  agentIdleMinutes: z.number().positive().default(10),
  /** Longest time spent waiting for an agent's rate limit or overload to pass, in minutes; 0 means never. */
  rateLimitMinutes: z.number().min(0).max(1_440).default(5),
  /** Wall-clock limit of one check, in minutes. */
  checkMinutes: z.number().positive().default(30),
});

const namesSchema = z.strictObject({
  /** The Nx project that carries what concerns all issues. */
  fleetProject: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .default('fleet'),
});

/** All options of the plugin, each with a default that works offline. */
export const settingsSchema = z
  .strictObject({
    /** For editors; ignored. */
    $schema: z.string().optional(),
    tracker: trackerSchema.default({ type: 'markdown', directory: 'docs/issues' }),
    worktrees: worktreesSchema.prefault({}),
    ports: portsSchema.prefault({}),
    database: databaseSchema.default({ type: 'none' }),
    agents: agentsSchema.prefault({}),
    /** Commands that a build must pass; `{base}` is the commit that the branch started from. */
    checks: z.array(command).default(['nx affected -t lint,test,build --base={base}']),
    build: buildSchema.prefault({}),
    /** How the app of an issue is started. @default an issue has no `agent-serve` */
    serve: serveSchema.optional(),
    validate: validateSchema.prefault({}),
    review: reviewSchema.prefault({}),
    /** Folder with prompt templates (`plan.md`, `build.md`, `review.md`) that replace ours, relative to the workspace. @default ours */
    prompts: workspacePath.optional(),
    limits: limitsSchema.prefault({}),
    budgets: budgetsSchema.prefault({}),
    names: namesSchema.prefault({}),
  })
  .superRefine(checkValidate)
  .meta({ title: 'nx-fleet options' });

export type Settings = z.infer<typeof settingsSchema>;
/** Options as a user writes them. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type { CommandLine } from './section-settings.js';
export type TrackerSettings = Settings['tracker'];
export type DatabaseSettings = Settings['database'];
