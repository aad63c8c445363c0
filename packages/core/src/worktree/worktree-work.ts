import { portsByVariable } from './port-block.js';
import { socketDirectory, worktreeEnvironment } from './worktree-environment.js';
import { ENV_FILE } from '../branch/keep-work.js';
import type { Database, DatabaseBranch, DatabaseBranchRequest, DatabaseOwner } from '../database/database.js';
import type { Git, RepositoryLocation } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Allocation } from '../host/registry.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Settings } from '../settings/settings.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { fingerprint, shortName, slug } from '../text/names.js';

export interface WorktreeAdapters {
  readonly git: Git;
  readonly host: Host;
  readonly database: Database;
}

/** Takes a step that begins, or a line of a program's output. @default shown as progress */
export type DetailSink = (line: string, kind: 'step' | 'output') => void;

/** Says what happens now, to the user. */
export function showDetail(work: Pick<WorktreeWork, 'onProgress' | 'onDetail'>, line: string, kind: 'step' | 'output' = 'step'): void {
  if (work.onDetail === undefined) work.onProgress(line);
  else work.onDetail(line, kind);
}

/** The options that a worktree is made by. */
export type ProvisioningSettings = Pick<Settings, 'worktrees' | 'ports' | 'database'>;

/** One worktree that is being made or removed: what every step of it works on. */
export interface WorktreeWork {
  readonly manifest: Manifest;
  readonly allocation: Allocation;
  readonly location: RepositoryLocation;
  readonly settings: ProvisioningSettings;
  /** Where the branch is made if it is not there. */
  readonly branchStart: string;
  /** The commit that a worktree is made at without a branch. @default on its branch */
  readonly detachedAt?: string | undefined;
  /** Where the branch may stand when it is deleted: its start while it has no work, else what the removal's plan saw. */
  readonly expectedTip: string | null;
  /** True for a checkout that was there before us: it is equipped, and never made or removed. */
  readonly here: boolean;
  /** True when its files are someone's work now. */
  readonly wasReady: boolean;
  /** True when the team's commands have run in it, with its database there. */
  readonly isSetUp: boolean;
  readonly onProgress: (line: string) => void;
  readonly onDetail?: DetailSink | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the steps so far have found out. `isClean`: all files are there, and none differs; what does later, somebody has written since. */
  readonly found: { database: DatabaseBranch | null; databaseFailure: string | null; isClean?: boolean };
}

/** Whose database branches those of a repository's clone are. */
export async function databaseOwner({ mainWorktree, commonDirectory }: RepositoryLocation, host: Host): Promise<DatabaseOwner> {
  const name = mainWorktree.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  // With its place, for a clone that was copied.
  const clone = fingerprint(`${await host.cloneId(commonDirectory)}\n${commonDirectory}`);
  return { repository: slug(name, 24) || 'repo', clone, mainWorktree };
}

export async function databaseRequest(work: WorktreeWork, host: Host): Promise<DatabaseBranchRequest> {
  const { manifest, allocation, location, signal } = work;
  return {
    ...(await databaseOwner(location, host)),
    project: manifest.project,
    generation: allocation.generation,
    worktree: allocation.worktree,
    onProgress: (line) => showDetail(work, line),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** What commands of nx-fleet that run in the worktree see, without the worktree's own variables. */
export function commandEnvironment({ allocation, settings, detachedAt }: WorktreeWork, host: Host): Record<string, string> {
  const { worktree } = allocation;
  const own = worktreeEnvironment(worktree, host.env, settings.worktrees.passEnv);
  return detachedAt === undefined ? own : { ...own, ...ownNxCache(worktree) };
}

/** Nx shares a repository's cache between its worktrees: with this it finds nothing that a writer has filled. */
export function ownNxCache(worktree: string): Record<string, string> {
  return {
    NX_CACHE_DIRECTORY: `${worktree}/.nx/cache`,
    NX_WORKSPACE_DATA_DIRECTORY: `${worktree}/.nx/workspace-data`,
    NX_SKIP_REMOTE_CACHE: 'true',
  };
}

/** Removes a worktree, and the folder of its sockets. What is not there is fine. */
export async function discardWorktree(worktree: string, { git, host }: Pick<WorktreeAdapters, 'git' | 'host'>): Promise<void> {
  await git.removeWorktree(worktree, (path) => host.discardDirectory(path));
  await discardSockets(worktree, host);
}

export async function discardSockets(worktree: string, host: Host): Promise<void> {
  // A folder of that name that cannot be removed belongs to another user.
  await host.discardDirectory(socketDirectory(worktree, host.env)).catch(() => undefined);
}

export function listWorktreePorts({ allocation, settings }: WorktreeWork): Record<string, number> {
  return portsByVariable(allocation.firstPort, settings.ports.variables);
}

export function worktreeEnvFile({ allocation }: WorktreeWork): string {
  return `${allocation.worktree}/${ENV_FILE}`;
}

/**
 * Ends what killed commands of nx-fleet left at work for a worktree: in it, and in the main worktree, where programs of the team make and remove
 * databases. Else they would do so behind the back of the next command.
 */
export async function endStrayProcesses(
  { allocation, location }: { readonly allocation: Pick<Allocation, 'worktree'>; readonly location: RepositoryLocation },
  host: Host,
): Promise<void> {
  for (const folder of new Set([location.mainWorktree, allocation.worktree])) await host.endStrays(folder);
}

/** What setup commands have been run for: the branch's files, and the commands themselves. */
export async function setUpDigest(
  { manifest, settings: { worktrees } }: Pick<WorktreeWork, 'manifest' | 'settings'>,
  { git }: Pick<WorktreeAdapters, 'git'>,
): Promise<string> {
  const tree = await git.resolveTree(`refs/heads/${manifest.branch}`);
  return shortName(JSON.stringify([tree, worktrees.setup, worktrees.smoke]));
}

export interface Exclusion {
  readonly location: RepositoryLocation;
  /** The worktree that the path is looked at in; absolute. */
  readonly worktree: string;
  /** Relative to it. */
  readonly path: string;
  /** What to write if git does not ignore the path yet, in gitignore syntax. */
  readonly pattern: string;
}

/** Has git ignore a path of nx-fleet without touching a tracked file: the exclude file is this clone's own. Nx heeds it too. */
export async function excludeLocally(
  { location, worktree, path, pattern }: Exclusion,
  { git, host }: Pick<WorktreeAdapters, 'git' | 'host'>,
): Promise<void> {
  if ((await git.ignoredPaths(worktree, [path])).length > 0) return;
  const exclude = `${location.commonDirectory}/info/exclude`;
  const text = (await host.readFile(exclude)) ?? '';
  if (text.split('\n').includes(pattern)) return;
  await host.writePrivateFile(exclude, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${pattern}\n`);
}

/**
 * Brings a worktree's node_modules to its lockfile, which a writer, a blocker or a moved branch may have changed. Nothing to do is the ordinary case.
 * @throws UserError when the package manager fails
 */
export async function installWorktreeDependencies({ local }: StageIssue, passEnv: readonly string[], context: StageContext): Promise<void> {
  // Anyone who checked it out has installed it too.
  if (local.here === true) return;
  const { git, host, limits, onProgress, onDetail, signal } = context;
  const { mainWorktree } = await git.locate();
  const env = worktreeEnvironment(local.worktree, host.env, passEnv);
  const { method, packageManager } = await host.installDependencies({
    from: mainWorktree,
    to: local.worktree,
    safety: limits.dependencySafety,
    env,
    onProgress: (line) => onDetail(line, 'output'),
    ...(signal === undefined ? {} : { signal }),
  });
  const line = `dependencies ${method} (${packageManager ?? ''})`;
  if (method === 'installed') onProgress(line);
  else if (method === 'cloned') onDetail(line, 'step');
}
