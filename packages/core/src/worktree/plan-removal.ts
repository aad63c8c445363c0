import { findAllocation } from './claim.js';
import { findCommitsAtRisk, type Merge } from './commits-at-risk.js';
import type { RemoveRequest } from './remove-worktree.js';
import type { WorktreeAdapters } from './worktree-work.js';
import { innerWorktrees } from '../branch/keep-work.js';
import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation, WorktreeEntry } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Allocation } from '../host/registry.js';
import { type LocalState, type Manifest, readManifests } from '../manifest/manifest.js';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';
import type { PullRequest } from '../tracker/tracker.js';

export interface RemovalAdapters extends WorktreeAdapters {
  /** The pull requests of an issue's branch, newest first; null where there are none, or unknown. */
  readonly pullRequestsOf?: ((manifest: Manifest) => Promise<readonly PullRequest[] | null>) | undefined;
}

/** What a removal removes and why it might be refused, before anything is done. */
export interface RemovalPlan {
  readonly manifest: Manifest;
  /** What it holds on this machine; null when nothing is there but its state. */
  readonly allocation: Allocation | null;
  /** True for a checkout that was there before us: it stays. */
  readonly here: boolean;
  /** Reasons to refuse, each a sentence; empty means that nothing is lost. */
  readonly losses: readonly string[];
  readonly tip: string | null;
  /** Whether a worktree was there to be looked at. */
  readonly isThere: boolean;
  readonly dirtyPaths: readonly string[];
  /** Commits that nothing else would reach: they are kept under a ref whenever the worktree goes. */
  readonly keptCommits: readonly string[];
  /** How the branch's work has come into the default branch; null when it has not, or there is none. */
  readonly merge: Merge | null;
}

/** Represents the generation of a worktree that the registry does not know. */
export const FORGOTTEN = '';

type RemovalQuestion = Pick<RemoveRequest, 'project' | 'location' | 'together'>;

/** @throws UserError when there is no such issue */
export async function planRemoval({ project, location, together = [] }: RemovalQuestion, adapters: RemovalAdapters): Promise<RemovalPlan> {
  const { git, host } = adapters;
  const manifest = await requireManifest(project, adapters);
  const [local, allocations, worktrees, tip, into, waiting, stashed] = await Promise.all([
    host.state.readLocal(project),
    host.registry.read(),
    git.listWorktrees(),
    git.readRef(`refs/heads/${manifest.branch}`),
    branchesOfIssues(host.state).then((branches) => git.defaultBranch(branches)),
    projectsThatWaitFor(project, together, adapters),
    stashes(manifest.branch, adapters),
  ]);
  const here = local?.here === true;
  const known = findAllocation(allocations, { repository: location.commonDirectory, project });
  const allocation = known ?? (local === null ? null : recordedAllocation(manifest, local, { location, host }));
  const entry = here ? undefined : worktrees.find(({ path }) => path === allocation?.worktree);
  const wasReady = allocation?.state !== 'creating';
  const isThere = allocation !== null && !here && wasReady && (await isWhole(allocation, entry, host));
  const branchGoes = allocation?.ownsBranch === true;
  const inner = allocation === null || here ? [] : await innerLosses(allocation.worktree, git);
  const [dirtyPaths, running, { merge, commits }] = await Promise.all([
    isThere ? git.dirtyPaths(allocation.worktree) : [],
    isThere ? processes(allocation.worktree, adapters) : [],
    findCommitsAtRisk({ manifest, tip, branchGoes, entry: wasReady ? entry : undefined, into }, adapters),
  ]);
  const losses = [
    ...(dirtyPaths.length === 0 ? [] : [uncommitted(dirtyPaths)]),
    ...inner,
    ...commits.losses,
    ...stashed,
    ...running,
    ...(merge?.kind === 'open' && manifest.adopted !== true ? [`pull request ${merge.pullRequest.url} is open`] : []),
    ...(entry?.locked === true ? ['git has it locked: git worktree unlock'] : []),
    ...waiting,
  ];
  return { manifest, allocation, here, losses, tip, isThere, dirtyPaths, keptCommits: commits.kept, merge };
}

/** What the local state records where the registry does not know it. A branch that it does not record as ours stays. */
export function recordedAllocation(
  { project, branch }: Manifest,
  { worktree, ports, ownsBranch = false }: LocalState,
  { location, host }: { readonly location: RepositoryLocation; readonly host: Host },
): Allocation {
  const firstPort = Math.min(...Object.values(ports));
  const { self: owner } = host.registry;
  return {
    repository: location.commonDirectory,
    project,
    generation: FORGOTTEN,
    worktree,
    branch,
    ownsBranch,
    firstPort,
    state: 'ready',
    owner,
  };
}

/**
 * Whether a worktree that was ready is there to be looked at.
 * @throws UserError when its folder is there and git does not know it: its content is unknown
 */
async function isWhole({ worktree, state }: Allocation, entry: WorktreeEntry | undefined, host: Host): Promise<boolean> {
  if (!(await host.pathExists(worktree))) return false;
  if (entry !== undefined && (await host.pathExists(`${worktree}/.git`))) return true;
  // What an interrupted removal has left of a folder was looked at, and kept, before.
  if (state === 'removing') return false;
  throw new UserError(
    `"${worktree}" exists, but git does not know it as a worktree, so nx-fleet cannot tell what would be lost. Repair it: git worktree repair "${worktree}"; or move it away. Then run this again.`,
  );
}

/** Work in worktrees that were added inside of it. What is committed on a branch of theirs stays. */
async function innerLosses(worktree: string, git: RemovalAdapters['git']): Promise<readonly string[]> {
  const losses: string[] = [];
  for (const { path } of await innerWorktrees(worktree, git)) {
    const dirty = (await git.isCheckedOut(path)) ? await git.dirtyPaths(path) : [];
    if (dirty.length > 0) losses.push(`${uncommitted(dirty)}, in the worktree "${printableLine(path)}" inside it`);
  }
  return losses;
}

function uncommitted(paths: readonly string[]): string {
  return `${count(paths.length, 'uncommitted file')}, first "${printableLine(paths[0] ?? '')}"`;
}

async function stashes(branch: string, { git }: RemovalAdapters): Promise<readonly string[]> {
  const entries = await git.stashesOn(branch);
  return entries.length === 0 ? [] : [`${count(entries.length, 'stash entry')} of "${branch}": git stash list`];
}

async function processes(path: string, { host }: RemovalAdapters): Promise<readonly string[]> {
  const running = await host.processesIn(path);
  return running.slice(0, 3).map(({ pid, name }) => `process ${pid} (${printableLine(name)}) works in it`);
}

async function projectsThatWaitFor(project: string, together: readonly string[], { host }: RemovalAdapters): Promise<readonly string[]> {
  const { valid } = await readManifests(host.state);
  return [...valid]
    .filter(([other, { blockedBy }]) => !together.includes(other) && blockedBy.includes(project))
    .map(([other]) => `"${other}" waits for it`);
}

async function requireManifest(project: string, { host }: RemovalAdapters): Promise<Manifest> {
  const manifest = await host.state.readManifest(project);
  if (manifest !== null) return manifest;
  const known = await host.state.listProjects();
  throw new UserError(
    `"${project}" does not exist here. ${known.length === 0 ? 'No issue has a worktree.' : `There are: ${known.join(', ')}.`}`,
  );
}

async function branchesOfIssues(state: RemovalAdapters['host']['state']): Promise<readonly string[]> {
  return [...(await readManifests(state)).valid.values()].map(({ branch }) => branch);
}
