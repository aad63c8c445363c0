import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation, WorktreeEntry } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Allocation } from '../host/registry.js';
import type { LocalState } from '../manifest/local-state.js';
import type { Manifest } from '../manifest/manifest.js';
import { printableLine } from '../text/printable.js';
import type { PullRequest } from '../tracker/tracker.js';
import { findAllocation } from './claim.js';
import { findMerge, type Merge } from './find-merge.js';
import type { RemoveRequest } from './remove-worktree.js';
import type { WorktreeAdapters } from './worktree-work.js';

export interface RemovalAdapters extends WorktreeAdapters {
  /** The pull requests of a branch, newest first; null where there are none, or nobody can tell. */
  readonly pullRequestsOf?: ((branch: string) => Promise<readonly PullRequest[] | null>) | undefined;
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
  readonly dirtyPaths: readonly string[];
  /** Commits that nothing else would reach: they are kept under a ref whenever the worktree goes. */
  readonly keptCommits: readonly string[];
  /** How the branch's work has come into the default branch; null when it has not, or there is none. */
  readonly merge: Merge | null;
}

type RemovalQuestion = Pick<RemoveRequest, 'project' | 'location'>;

/** @throws UserError when there is no such issue */
export async function planRemoval({ project, location }: RemovalQuestion, adapters: RemovalAdapters): Promise<RemovalPlan> {
  const { git, host } = adapters;
  const manifest = await requireManifest(project, adapters);
  const local = await host.state.readLocal(project);
  const here = local?.here === true;
  const known = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  const allocation = known ?? (local === null ? null : recordedAllocation(manifest, local, { location, host }));
  const path = allocation?.worktree ?? null;
  const entry = here ? undefined : (await git.listWorktrees()).find((other) => other.path === path);
  const wasReady = allocation?.state !== 'creating';
  const isThere = entry !== undefined && wasReady && path !== null && (await host.pathExists(path));
  const dirtyPaths = isThere && path !== null ? await git.dirtyPaths(path) : [];
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  const merge = tip === null ? null : await findMerge(manifest, tip, adapters);
  const commits = await commitsAtRisk({ manifest, tip: allocation?.ownsBranch === true ? tip : null, entry, wasReady, merge }, adapters);
  const losses = [
    ...(dirtyPaths.length === 0 ? [] : [`${dirtyPaths.length} uncommitted file(s), first "${printableLine(dirtyPaths[0] ?? '')}"`]),
    ...commits.losses,
    ...(await stashes(manifest.branch, adapters)),
    ...(isThere && path !== null ? await processes(path, adapters) : []),
    ...(merge?.kind === 'open' && manifest.adopted !== true ? [`pull request ${merge.pullRequest.url} is open`] : []),
    ...(entry?.locked === true ? ['git has it locked: git worktree unlock'] : []),
    ...(await projectsThatWaitFor(project, adapters)),
  ];
  return { manifest, allocation, here, losses, tip, dirtyPaths, keptCommits: commits.kept, merge };
}

/** What the state says where the registry has forgotten it. Nothing says that the branch is ours: it stays. */
function recordedAllocation(
  { project, branch }: Manifest,
  { worktree, ports }: LocalState,
  { location, host }: { readonly location: RepositoryLocation; readonly host: Host },
): Allocation {
  const firstPort = Math.min(...Object.values(ports));
  const { self: owner } = host.registry;
  return {
    repository: location.commonDirectory,
    project,
    incarnation: '',
    worktree,
    branch,
    ownsBranch: false,
    firstPort,
    state: 'ready',
    owner,
  };
}

interface CommitQuestion {
  readonly manifest: Manifest;
  /** The branch's tip where the branch goes too, else null. */
  readonly tip: string | null;
  readonly entry: WorktreeEntry | undefined;
  readonly wasReady: boolean;
  readonly merge: Merge | null;
}

/** Commits that no remote and no default branch reaches. Merged ones are no loss, but stay reachable all the same. */
async function commitsAtRisk(
  { manifest, tip, entry, wasReady, merge }: CommitQuestion,
  { git, host }: RemovalAdapters,
): Promise<{ readonly kept: readonly string[]; readonly losses: readonly string[] }> {
  const detached = entry !== undefined && entry.branch === null && wasReady ? entry.head : null;
  const keepers = [manifest.base, await git.defaultBranch(await branchesOfIssues(host.state))];
  const kept: string[] = [];
  const losses: string[] = [];
  for (const commit of new Set([tip, detached])) {
    if (commit === null || (await isReachable(commit, keepers, git))) continue;
    kept.push(commit);
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
