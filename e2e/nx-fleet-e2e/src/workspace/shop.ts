import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NEWEST_NX } from '../versions.js';
import { SCRIPTED_FILES, scriptedOptions } from './scripted-agents.js';
import { createWorkspace, initialize, type Workspace } from './workspace.js';

const LIBSQL = dirname(createRequire(import.meta.url).resolve('libsql'));
const QUERY = `
const [file, sql] = process.argv.slice(1);
const database = new (require(${JSON.stringify(LIBSQL)}))(file);
process.stdout.write(JSON.stringify(/^select/i.test(sql) ? database.prepare(sql).raw().all() : (database.exec(sql), [])));
`;

/** Runs one statement against a database file, in a process of its own that closes it afterwards. */
export function query(file: string, sql: string): unknown {
  return JSON.parse(execFileSync(process.execPath, ['--input-type=commonjs', '-e', QUERY, file, sql], { encoding: 'utf8' }));
}

/** Counts its runs. A file `fail-setup` in HOME makes it fail; `hang-setup` is taken away by the first that finds it, which then never ends. */
const SETUP = `import { appendFileSync, existsSync, rmSync } from 'node:fs';
const home = process.env.HOME;
appendFileSync('node_modules/.setup-runs', process.env.PORT + '\\n');
if (existsSync(home + '/fail-setup')) {
  console.error('no seeds to sow');
  process.exit(3);
}
if (existsSync(home + '/hang-setup')) {
  setInterval(() => {}, 1000);
  rmSync(home + '/hang-setup');
}
`;

/** Passes only with whole dependencies, the env file and the database. */
const SMOKE = `import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { version } = createRequire(import.meta.url)('nx/package.json');
if (!readFileSync('.env.local', 'utf8').includes('PORT=' + process.env.PORT)) process.exit(4);
statSync(process.env.DATABASE_URL.replace('file:', ''));
writeFileSync('node_modules/.smoke', version);
`;

const WORKTREES = { setup: ['node tools/setup.mjs'], smoke: 'node tools/smoke.mjs', spares: 0 };
const DATABASE = { type: 'sqlite', file: 'data/shop.db' };

export interface ShopChanges {
  /** Replaces single keys of the option `worktrees`. */
  readonly worktrees?: Readonly<Record<string, unknown>>;
  /** Replaces other options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** More files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The options of a shop, as `nx-fleet.json`. */
function shopOptions({ worktrees, options }: ShopChanges = {}): string {
  return scriptedOptions({ database: DATABASE, ...options, worktrees: { ...WORKTREES, ...worktrees } });
}

/** A workspace with scripted agents, a database, setup and smoke commands, initialized and committed; its path has a space in it. */
export async function createShop(issues: Readonly<Record<string, string>>, changes: ShopChanges = {}): Promise<Workspace> {
  const files = {
    ...SCRIPTED_FILES,
    ...issues,
    'tools/setup.mjs': SETUP,
    'tools/smoke.mjs': SMOKE,
    'nx-fleet.json': shopOptions(changes),
    ...changes.files,
  };
  const workspace = await createWorkspace({ ...NEWEST_NX, files, parentName: 'my work' });
  initialize(workspace);
  workspace.write('.gitignore', `${workspace.read('.gitignore')}data\n`);
  mkdirSync(join(workspace.root, 'data'));
  query(join(workspace.root, 'data/shop.db'), "CREATE TABLE fruit (name TEXT); INSERT INTO fruit VALUES ('apple')");
  await workspace.git('add', '-A');
  await workspace.git('commit', '-qm', 'first');
  return workspace;
}

/** Absolute path of an issue's linked worktree. */
export function worktreeOf({ parent }: Pick<Workspace, 'parent'>, project: string): string {
  return join(parent, 'shop.worktrees', project);
}
