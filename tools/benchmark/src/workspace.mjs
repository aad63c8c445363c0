import { mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from './programs.mjs';
import { writeIn, writeWorkspace } from './workspace-files.mjs';

/** Real packages that together make a node_modules of about 400 MB. */
const REAL_PACKAGES = {
  '@nx/js': '23.2.1',
  '@swc/core': '1.15.47',
  eslint: '10.15.0',
  next: '16.4.6',
  prisma: '7.10.1',
  react: '19.3.1',
  'react-dom': '19.3.1',
  storybook: '10.6.7',
  typescript: '6.0.3',
  vite: '8.3.8',
  webpack: '5.112.2',
};
/** Copies SQLite databases on a Node without one of its own, as a team's driver would. */
const DATABASE_PACKAGES = { libsql: '0.5.29' };

const DELETION_MS = 300_000;
const POLL_MS = 200;

/**
 * The place of a run: `shop`, a workspace with dependencies of its own, and `plain`, a repository of the same size that has none to bring into a
 * worktree. Its Nx is found in the folder above.
 */
export function createPlace({ registry, options }) {
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-benchmark-'));
  const env = environmentOf(parent, registry);
  const shop = workspaceIn(join(parent, 'shop'), env);
  const plain = workspaceIn(join(parent, 'plain'), env);
  return { parent, env, shop, plain, fill: () => fill({ parent, shop, plain, options }), remove: () => removePlace(parent, [shop, plain]) };
}

/** Whatever is run there, in a short environment: no CI system, no git of the caller's. */
export function workspaceIn(root, env) {
  const nx = join(root, '../shop/node_modules/.bin/nx');
  const run = (command, variables = {}) => runProgram(command, { cwd: root, env: { ...env, ...variables } });
  return {
    root,
    worktrees: `${root}.worktrees`,
    run,
    nx: (args, variables) => run([nx, ...args], variables),
    stopDaemon: () => run([nx, 'daemon', '--stop']),
  };
}

/** Folders that are deleted behind a command would slow the next one down. */
export async function untilDeleted({ worktrees }) {
  for (let waitedMs = 0; waitedMs < DELETION_MS; waitedMs += POLL_MS) {
    if (!namesIn(worktrees).some((name) => name.startsWith('.nx-fleet-discarded-'))) return;
    await sleep(POLL_MS);
  }
  throw new Error(`"${worktrees}" still holds removed worktrees after ${DELETION_MS / 1000} s.`);
}

function environmentOf(parent, registry) {
  return {
    PATH: process.env.PATH,
    HOME: parent,
    NX_FLEET_HOME: join(parent, 'fleet'),
    NX_DAEMON: 'true',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    npm_config_userconfig: join(registry.directory, '.npmrc'),
    npm_config_registry: registry.url,
  };
}

function fill({ parent, shop, plain, options }) {
  const { files, issues, nxVersion, isQuick, isLight } = options;
  const own = { floor: '*', nx: nxVersion, '@nx/devkit': nxVersion, 'nx-fleet': '*', ...DATABASE_PACKAGES };
  for (const { root } of [shop, plain]) writeWorkspace(root, { files: isLight ? 0 : files, issues: issues + 1 });
  const devDependencies = { ...own, ...(isQuick || isLight ? {} : REAL_PACKAGES) };
  writeIn(shop.root, 'package.json', JSON.stringify({ name: 'shop', private: true, workspaces: ['tools/*'], devDependencies }));
  shop.run(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts']);
  symlinkSync(join(shop.root, 'node_modules'), join(parent, 'node_modules'));
  if (isLight) return;
  for (const { root, run, nx, worktrees } of [shop, plain]) {
    mkdirSync(worktrees, { recursive: true });
    run(['git', 'init', '-q', '-b', 'main']);
    nx(['g', 'nx-fleet:init']);
    run(['git', '-C', root, 'add', '-A']);
    run(['git', 'commit', '-qm', 'first']);
  }
}

/** A process in the background, such as one that prepares a spare, may still write there. */
async function removePlace(parent, workspaces) {
  for (const { stopDaemon } of workspaces) {
    try {
      stopDaemon();
    } catch {
      // There is none where the installation has failed.
    }
  }
  await rm(parent, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
