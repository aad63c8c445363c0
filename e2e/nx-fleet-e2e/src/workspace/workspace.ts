import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, existsSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Finished {
  readonly exitCode: number | null;
  /** stdout and stderr together, without colours. */
  readonly output: string;
  readonly stdout: string;
}

/** A real Nx workspace in a temporary folder with the published plugin in it. */
export interface Workspace {
  /** The main worktree: `<temporary folder>/shop`. */
  readonly root: string;
  /** Holds HOME, our registry of ports, and the linked worktrees. */
  readonly parent: string;
  readonly env: Readonly<Record<string, string>>;
  run(file: string, args: readonly string[], options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }): Promise<Finished>;
  nx(...args: string[]): Promise<Finished>;
  git(...args: string[]): Promise<string>;
  write(file: string, text: string): void;
  read(file: string): string;
  remove(): void;
}

export interface WorkspaceRequest {
  readonly nxVersion: string;
  readonly devkitVersion: string;
  /** Files by path, besides package.json and nx.json. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes a workspace, installs the packages from our registry, initializes the plugin and commits. */
export async function createWorkspace({ nxVersion, devkitVersion, files }: WorkspaceRequest): Promise<Workspace> {
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-e2e-'));
  const workspace = openWorkspace(parent);
  mkdirSync(join(parent, 'home'));
  const manifest = { name: 'shop', version: '0.0.0', private: true, devDependencies: { nx: nxVersion, '@nx/devkit': devkitVersion } };
  workspace.write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  workspace.write('nx.json', `${JSON.stringify({ analytics: false, neverConnectToCloud: true }, null, 2)}\n`);
  workspace.write('.gitignore', 'node_modules\n.nx\n');
  for (const [file, text] of Object.entries(files)) workspace.write(file, text);
  await workspace.git('init', '-q', '-b', 'main');
  await installOnce(nxVersion, workspace);
  return workspace;
}

/** Installs once for each version; later workspaces get a copy. */
async function installOnce(key: string, workspace: Workspace): Promise<void> {
  const store = join(dirname(workspace.env['npm_config_userconfig'] ?? ''), 'installed', key);
  const files = ['package.json', 'package-lock.json', 'node_modules'];
  const copy = (from: string, to: string): void => {
    for (const file of files) cpSync(join(from, file), join(to, file), { recursive: true, verbatimSymlinks: true });
  };
  if (existsSync(store)) return copy(store, workspace.root);
  await succeed(workspace.run('npm', ['install', '--no-audit', '--no-fund']));
  await succeed(workspace.run('npm', ['install', '--no-audit', '--no-fund', '-D', 'nx-fleet']));
  mkdirSync(store, { recursive: true });
  copy(workspace.root, store);
}

/** @throws Error with the output when the command failed */
export async function succeed(command: Promise<Finished>): Promise<Finished> {
  const finished = await command;
  if (finished.exitCode !== 0) throw new Error(`exit code ${finished.exitCode}\n${finished.output}`);
  return finished;
}

function openWorkspace(parent: string): Workspace {
  const root = join(parent, 'shop');
  const env = environment(parent);
  const run: Workspace['run'] = (file, args, options = {}) => runProcess(file, args, { cwd: options.cwd ?? root, env: { ...env, ...options.env } });
  return {
    root,
    parent,
    env,
    run,
    nx: (...args) => run(join(root, 'node_modules/.bin/nx'), args),
    git: async (...args) => (await succeed(run('git', args))).stdout.trim(),
    write: (file, text) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text, { mode: file.startsWith('tools/') ? 0o755 : 0o644 });
    },
    read: (file) => readFileSync(join(root, file), 'utf8'),
    remove: () => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Built from nothing: no variable of the machine but PATH reaches a workspace. */
function environment(parent: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(parent, 'home'),
    NX_FLEET_HOME: join(parent, 'fleet-home'),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
    CI: 'true',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    npm_config_userconfig: process.env['NX_FLEET_E2E_NPMRC'] ?? '',
    npm_config_registry: process.env['NX_FLEET_E2E_REGISTRY'] ?? '',
  };
}

function runProcess(file: string, args: readonly string[], options: { readonly cwd: string; readonly env: Record<string, string> }): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output, stdout }));
  });
}
