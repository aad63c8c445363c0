import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installFromTemplate } from './installed-template.js';
import { processesLeft, startProcess, succeed, type Finished, type Running } from './processes.js';

export { succeed } from './processes.js';

export interface ProcessOptions {
  /** @default the main worktree */
  readonly cwd?: string;
  /** In addition to the workspace's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real Nx workspace in a temporary folder with the published plugin in it. */
export interface Workspace {
  /** The main worktree: `<parent>/shop`. */
  readonly root: string;
  /** Holds the main and the linked worktrees. */
  readonly parent: string;
  /** The temporary folder: holds HOME, TMPDIR, our registry of ports, and `parent`. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  run(file: string, args: readonly string[], options?: ProcessOptions): Promise<Finished>;
  nx(...args: string[]): Promise<Finished>;
  /** An Nx command that is not waited for. */
  startNx(args: readonly string[], options?: ProcessOptions): Running;
  git(...args: string[]): Promise<string>;
  write(file: string, text: string): void;
  read(file: string): string;
  remove(): void;
  /** @throws Error that names what still runs in it */
  removeAtRest(): Promise<void>;
}

export interface WorkspaceRequest {
  readonly nxVersion: string;
  readonly devkitVersion: string;
  /** Files by path, besides package.json and nx.json. */
  readonly files: Readonly<Record<string, string>>;
  /** Name of a folder between the temporary folder and the worktrees. @default none */
  readonly parentName?: string;
  /** Whether the plugin is installed. @default true */
  readonly hasPlugin?: boolean;
}

/** Makes a git repository with an Nx workspace and the packages from our registry; nothing is initialized or committed yet. */
export async function createWorkspace({
  nxVersion,
  devkitVersion,
  files,
  parentName = '',
  hasPlugin = true,
}: WorkspaceRequest): Promise<Workspace> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-e2e-'));
  const workspace = openWorkspace({ folder, parentName });
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
  const manifest = { name: 'shop', version: '0.0.0', private: true, devDependencies: { nx: nxVersion, '@nx/devkit': devkitVersion } };
  workspace.write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  workspace.write('nx.json', `${JSON.stringify({ analytics: false, neverConnectToCloud: true }, null, 2)}\n`);
  workspace.write('.gitignore', 'node_modules\n.nx\n');
  for (const [file, text] of Object.entries(files)) workspace.write(file, text);
  await workspace.git('init', '-q', '-b', 'main');
  const template = hasPlugin ? { name: `${nxVersion}-plugin`, packages: ['-D', 'nx-fleet'] } : { name: nxVersion, packages: [] };
  await installFromTemplate(template, workspace);
  return workspace;
}

/** What `nx g nx-fleet:init` adds; `init.spec.ts` compares. */
export const IGNORE_LINES = {
  '.gitignore': '/.nx-fleet/\n.env.local\n',
  '.nxignore': '!/.nx-fleet/\n/.nx-fleet/out/\n/.nx-fleet/local/\n',
};

/** Does what `nx g nx-fleet:init` does where it finds nothing, without a command. */
export function initialize(workspace: Workspace): void {
  const nxJson = JSON.parse(workspace.read('nx.json')) as object;
  workspace.write('nx.json', `${JSON.stringify({ ...nxJson, plugins: ['nx-fleet/plugin'] }, null, 2)}\n`);
  workspace.write('.gitignore', `${workspace.read('.gitignore')}${IGNORE_LINES['.gitignore']}`);
  workspace.write('.nxignore', IGNORE_LINES['.nxignore']);
}

/** A workspace in which the fleet is initialized and everything committed. */
export async function createFleet(request: WorkspaceRequest): Promise<Workspace> {
  const workspace = await createWorkspace(request);
  initialize(workspace);
  await workspace.git('add', '-A');
  await workspace.git('commit', '-qm', 'first');
  return workspace;
}

export interface WorkspacePlace {
  readonly folder: string;
  /** As in `WorkspaceRequest`. */
  readonly parentName?: string;
  /** In addition to the environment of every workspace. */
  readonly env?: Readonly<Record<string, string>>;
  /** The words of a command that runs where the workspace is. @default here */
  readonly inside?: (file: string, args: readonly string[]) => readonly [string, ...string[]];
}

/** A workspace in a folder that may hold it already. */
export function openWorkspace({ folder, parentName = '', env: more = {}, inside }: WorkspacePlace): Workspace {
  const parent = join(folder, parentName);
  const root = join(parent, 'shop');
  const env = { ...environment(folder), ...more };
  const start = (file: string, args: readonly string[], options: ProcessOptions = {}): Running => {
    const [program, ...words] = inside?.(file, args) ?? [file, ...args];
    return startProcess(program, words, { cwd: options.cwd ?? root, env: { ...env, ...options.env } });
  };
  const run: Workspace['run'] = (file, args, options) => start(file, args, options).finished;
  const nx = join(root, 'node_modules/.bin/nx');
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return {
    root,
    parent,
    folder,
    env,
    run,
    nx: (...args) => run(nx, args),
    startNx: (args, options) => start(nx, args, options),
    git: async (...args) => (await succeed(run('git', args))).stdout.trim(),
    write: (file, text) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text, { mode: file.startsWith('tools/') ? 0o755 : 0o644 });
    },
    read: (file) => readFileSync(join(root, file), 'utf8'),
    remove,
    removeAtRest: async () => {
      const left = await processesLeft(folder);
      remove();
      if (left.length > 0) throw new Error(`still running:\n${left.join('\n')}`);
    },
  };
}

/** Built from nothing: no variable of the machine but PATH reaches a workspace. */
function environment(folder: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    NX_FLEET_HOME: join(folder, 'fleet-home'),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    // A process of its own for the plugin costs each command more than the command; one suite runs without this.
    NX_ISOLATE_PLUGINS: 'false',
    NX_SKIP_NATIVE_FILE_CACHE: 'true',
    FORCE_COLOR: '0',
    CI: 'true',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    npm_config_userconfig: process.env['NX_FLEET_E2E_NPMRC'] ?? '',
    npm_config_cache: join(dirname(process.env['NX_FLEET_E2E_NPMRC'] ?? ''), 'npm-cache'),
    npm_config_registry: process.env['NX_FLEET_E2E_REGISTRY'] ?? '',
  };
}
