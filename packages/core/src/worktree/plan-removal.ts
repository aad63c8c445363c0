import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation, WorktreeEntry } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Allocation } from '../host/registry.js';
import type { LocalState } from '../manifest/local-state.js';
import type { Manifest } from '../manifest/manifest.js';
import { builtRef } from '../stages/refs.js';
import { printableLine } from '../text/printable.js';
import type { PullRequest } from '../tracker/tracker.js';
import { findAllocation } from './claim.js';
import { findMerge, type Merge } from './find-merge.js';
import type { RemoveRequest } from './remove-worktree.js';
import type { WorktreeAdapters } from './worktree-work.js';

export interface RemovalAdapters extends WorktreeAdapters {
  /** The pull requests of an issue's branch, newest first; null where there are none, or nobody can tell. */
  readonly pullRequestsOf?: ((manifest: Manifest) => Promise<readonly PullRequest[] | null>) | undefined;
}

/** What a removal takes away and why it might be refused, before anything is done. */
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

/** Stands for the incarnation of a worktree that the registry does not know. */
export const FORGOTTEN = '';

type RemovalQuestion = Pick<RemoveRequest, 'project' | 'location'>;

/** @throws UserError when there is no such issue */
export async function planRemoval({ project, location }: RemovalQuestion, adapters: RemovalAdapters): Promise<RemovalPlan> {
  const { git, host } = adapters;
  const manifest = await requireManifest(project, adapters);
  const local = await host.state.readLocal(project);
  const here = local?.here === true;
  const known = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  const allocation = known ?? (local === null ? null : recordedAllocation(manifest, local, { location, host }));
  const entry = here ? undefined : (await git.listWorktrees()).find(({ path }) => path === allocation?.worktree);
  const wasReady = allocation?.state !== 'creating';
  const isThere = allocation !== null && !here && wasReady && (await isWhole(allocation, entry, host));
  const dirtyPaths = isThere ? await git.dirtyPaths(allocation.worktree) : [];
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  const into = await git.defaultBranch(await branchesOfIssues(host.state));
  const merge = tip === null ? null : await findMerge({ manifest, tip, into }, adapters);
  const branchGoes = allocation?.ownsBranch === true;
  const commits = await commitsAtRisk({ manifest, tip, branchGoes, entry: wasReady ? entry : undefined, into, merge }, adapters);
  const losses = [
    ...(dirtyPaths.length === 0 ? [] : [`${dirtyPaths.length} uncommitted file(s), first "${printableLine(dirtyPaths[0] ?? '')}"`]),
    ...commits.losses,
    ...(await stashes(manifest.branch, adapters)),
    ...(isThere ? await processes(allocation.worktree, adapters) : []),
    ...(merge?.kind === 'open' && manifest.adopted !== true ? [`pull request ${merge.pullRequest.url} is open`] : []),
    ...(entry?.locked === true ? ['git has it locked: git worktree unlock'] : []),
    ...(await projectsThatWaitFor(project, adapters)),
  ];
  return { manifest, allocation, here, losses, tip, isThere, dirtyPaths, keptCommits: commits.kept, merge };
}

/** What the state says where the registry has forgotten it. Nothing says that the branch is ours: it stays. */
export function recordedAllocation(
  { project, branch }: Manifest,
  { worktree, ports }: LocalState,
  { location, host }: { readonly location: RepositoryLocation; readonly host: Host },
): Allocation {
  const firstPort = Math.min(...Object.values(ports));
  const { self: owner } = host.registry;
  return {
    repository: location.commonDirectory,
    project,
    incarnation: FORGOTTEN,
    worktree,
    branch,
    ownsBranch: false,
    firstPort,
    state: 'ready',
    owner,
  };
}

/**
 * Whether a worktree that was ready is there to be looked at.
 * @throws UserError when its folder is there and git does not know it: nobody can tell what is in it
 */
async function isWhole({ worktree, state }: Allocation, entry: WorktreeEntry | undefined, host: Host): Promise<boolean> {
  if (!(await host.pathExists(worktree))) return false;
  if (entry !== undefined && (await host.pathExists(`${worktree}/.git`))) return true;
  // What an interrupted removal has left of a folder was looked at, and kept, before.
  if (state === 'removing') return false;
  throw new UserError(
    `"${worktree}" is there, and git knows no worktree in it, so that nobody can tell what would be lost. Mend it: git worktree repair "${worktree}"; or move it away. Then run this again.`,
  );
}

interface CommitQuestion {
  readonly manifest: Manifest;
  readonly tip: string | null;
  /** Whether the branch goes too. */
  readonly branchGoes: boolean;
  /** The worktree, if it was ready. */
  readonly entry: WorktreeEntry | undefined;
  /** The default branch, if it is known. */
  readonly into: string | null;
  readonly merge: Merge | null;
}

/** Commits that no remote and no default branch reaches. Merged ones are no loss, but stay reachable all the same. */
async function commitsAtRisk(
  { manifest, tip, branchGoes, entry, into, merge }: CommitQuestion,
  { git }: RemovalAdapters,
): Promise<{ readonly kept: readonly string[]; readonly losses: readonly string[] }> {
  const detached = entry?.branch === null ? entry.head : null;
  const keepers = [into, ...(branchGoes ? [] : [tip])];
  const kept: string[] = [];
  const losses: string[] = [];
  // A build that a person has thrown away is no loss to them, but an agent was paid for it.
  const built = await git.readRef(builtRef(manifest.project));
  if (built !== null && !(await isReachable(built, [...keepers, tip, detached], git))) kept.push(built);
  for (const commit of new Set([branchGoes ? tip : null, detached])) {
    if (commit === null || (await isReachable(commit, keepers, git))) continue;
    kept.push(commit);
    // What was there before is no work of its own; but its branch may be gone by now, and this one the last to hold it.
    if (await git.isAncestor(commit, manifest.base)) continue;
    if (commit === tip && merge !== null && (merge.kind !== 'open' || (await isAncestorOf(merge.pullRequest.head, commit, git)))) continue;
    const count = (await git.log(manifest.base, commit)).length;
    const where = commit === tip ? `on "${manifest.branch}"` : 'on a detached HEAD';
    losses.push(`${count} commit(s) ${where} that no remote and no default branch has`);
  }
  return { kept, losses };
}

/** False when the descendant is not here. */
async function isAncestorOf(descendant: string, commit: string, git: RemovalAdapters['git']): Promise<boolean> {
  return (await git.resolveCommit(descendant)) !== null && git.isAncestor(commit, descendant);
}

async function isReachable(commit: string, keepers: readonly (string | null)[], git: RemovalAdapters['git']): Promise<boolean> {
  for (const keeper of keepers) if (keeper !== null && (await git.isAncestor(commit, keeper))) return true;
  return (await git.remoteBranchesWith(commit)).length > 0;
}

async function stashes(branch: string, { git }: RemovalAdapters): Promise<readonly string[]> {
  const entries = await git.stashesOn(branch);
  return entries.length === 0 ? [] : [`${entries.length} stash entry(s) of "${branch}": git stash list`];
}

async function processes(path: string, { host }: RemovalAdapters): Promise<readonly string[]> {
  const running = await host.processesIn(path);
  return running.slice(0, 3).map(({ pid, name }) => `process ${pid} (${printableLine(name)}) works in it`);
}

async function projectsThatWaitFor(project: string, { host }: RemovalAdapters): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const other of await host.state.listProjects()) {
    const manifest = await host.state.readManifest(other);
    if (manifest?.blockedBy.includes(project) === true) waiting.push(`"${other}" waits for it`);
  }
  return waiting;
}

async function requireManifest(project: string, { host }: RemovalAdapters): Promise<Manifest> {
  const manifest = await host.state.readManifest(project);
  if (manifest !== null) return manifest;
  const known = await host.state.listProjects();
  throw new UserError(
    `There is no "${project}" here. ${known.length === 0 ? 'No issue has a worktree.' : `There are: ${known.join(', ')}.`}`,
  );
}

async function branchesOfIssues(state: RemovalAdapters['host']['state']): Promise<readonly string[]> {
  const manifests = await Promise.all((await state.listProjects()).map((project) => state.readManifest(project)));
  return manifests.flatMap((manifest) => (manifest === null ? [] : [manifest.branch]));
}
