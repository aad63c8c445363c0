import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CALL_LOG_VARIABLE, fleetSettings } from './agents.mjs';
import { DemoFailure } from './checks.mjs';
import { runOrFail } from './processes.mjs';

const SAMPLE = join(import.meta.dirname, '..', 'sample');
const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const PLUGIN = 'nx-fleet/plugin';
/** What would reach into the demo from the terminal, the npm script or the git hook that it was started from. */
const LEFT_BEHIND =
  /^(?:NX_|GIT_|npm_(?:package|lifecycle)_|npm_config_(?:local_prefix|workspaces?)$|(?:PORT|API_PORT|DB_PORT|DEBUG_PORT|DATABASE_URL|DEMO_CALL_LOG)$)/;

/** Where the demo takes place, and the environment of everything that it starts. */
export function createPlace({ directory }) {
  const folder = directory === undefined ? mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-demo-')) : createFolder(resolve(directory));
  const callLog = join(folder, 'calls.jsonl');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !LEFT_BEHIND.test(name)));
  const env = {
    ...inherited,
    ...(process.stdout.hasColors?.() === true ? { FORCE_COLOR: '1' } : {}),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_FLEET_HOME: join(folder, 'home'),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    [CALL_LOG_VARIABLE]: callLog,
  };
  return { folder, workspace: join(folder, 'shop'), callLog, env };
}

function createFolder(folder) {
  if (existsSync(folder)) throw new DemoFailure(`"${folder}" exists already. Name a folder that does not.`);
  mkdirSync(folder, { recursive: true });
  return realpathSync(folder);
}

/** Copies the sample app, packs this repository's packages beside it, installs, fills the database, and commits. */
export async function makeWorkspace({ workspace, env }, { isScripted }) {
  const quietly = { cwd: workspace, env, quiet: true };
  cpSync(SAMPLE, workspace, { recursive: true });
  prepareAgents(join(workspace, 'tools', 'agents'), isScripted);
  await addPackedFleet(workspace, env);
  await runOrFail(['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline'], quietly);
  await runOrFail([process.execPath, 'tools/seed-database.mjs'], quietly);
  await runOrFail(['git', 'init', '--quiet', '--initial-branch=main'], quietly);
  for (const [key, value] of [
    ['user.name', 'nx-fleet demo'],
    ['user.email', 'demo@example.com'],
  ]) {
    await runOrFail(['git', 'config', key, value], quietly);
  }
  await commitAll('A small shop', { workspace, env });
}

function prepareAgents(folder, isScripted) {
  // A real agent would find the scripts' answers there.
  if (!isScripted) return rmSync(folder, { recursive: true });
  chmodSync(join(folder, 'scripted.mjs'), 0o755);
  // Part of the agents' version, thus of every key: no other run of the demo can have filled this one's cache.
  writeJson(join(folder, 'seed.json'), { seed: randomUUID() });
}

/** Tarballs as `npm publish` would make them, inside the workspace so that each worktree finds them at the same relative path. */
async function addPackedFleet(workspace, env) {
  const vendor = join(workspace, 'vendor');
  mkdirSync(vendor);
  const packages = readdirSync(join(REPOSITORY, 'packages')).map((folder) => join('packages', folder));
  const unbuilt = packages.find((folder) => !existsSync(join(REPOSITORY, folder, 'dist', 'index.js')));
  if (unbuilt !== undefined) throw new DemoFailure(`"${unbuilt}" is not built. Build first, or start the demo with: npm run demo`);
  const only = packages.flatMap((folder) => ['--workspace', folder]);
  await runOrFail(['npm', 'pack', '--pack-destination', vendor, ...only], { cwd: REPOSITORY, env, quiet: true });
  const file = join(workspace, 'package.json');
  const manifest = readJson(file);
  const tarballs = Object.fromEntries(packages.map((folder) => tarballOf(readJson(join(REPOSITORY, folder, 'package.json')))));
  const overrides = Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`]));
  writeJson(file, { ...manifest, devDependencies: { ...manifest.devDependencies, ...tarballs }, overrides });
}

function tarballOf({ name, version }) {
  return [name, `file:vendor/${name.replace('@', '').replace('/', '-')}-${version}.tgz`];
}

/** Writes who works here. An agent that `init` found on this machine is not asked. */
export async function configureFleet({ workspace, env }, options) {
  const file = join(workspace, 'nx.json');
  const nxJson = readJson(file);
  for (const plugin of nxJson.plugins) if (plugin.plugin === PLUGIN) delete plugin.options?.agents;
  writeJson(file, nxJson);
  writeJson(join(workspace, 'nx-fleet.json'), fleetSettings(options));
  await commitAll('Add nx-fleet', { workspace, env });
}

async function commitAll(message, { workspace, env }) {
  const quietly = { cwd: workspace, env, quiet: true };
  await runOrFail(['git', 'add', '--all'], quietly);
  await runOrFail(['git', 'commit', '--quiet', '--message', message], quietly);
}

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
