import type { Database } from '../database/database.js';
import { UserError } from '../errors/user-error.js';
import type { Git, RepositoryLocation } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Manifest } from '../manifest/manifest.js';
import { keepInTrash } from '../stages/keep-in-trash.js';
import { builtRef, buildingRef } from '../stages/refs.js';
import { printableLine } from '../text/printable.js';
import { findAllocation } from './claim.js';

export interface RemoveRequest {
  readonly project: string;
  readonly location: RepositoryLocation;
  readonly force: boolean;
  readonly onProgress: (line: string) => void;
}

/** What a removal takes away and why it might be refused, before anything is done. */
export interface RemovalPlan {
  readonly manifest: Manifest;
  readonly worktree: string | null;
  /** Reasons to refuse, each a sentence; empty means that nothing is lost. */
  readonly losses: readonly string[];
  readonly tip: string | null;
  readonly dirtyPaths: readonly string[];
  /** Commits that only this worktree or its branch holds. */
  readonly lostCommits: readonly string[];
  readonly ownsBranch: boolean;
}

export interface RemoveAdapters {
  readonly git: Git;
  readonly host: Host;
  readonly database: Database;
}

/** @throws UserError when there is no such issue */
export async function planRemoval({ project, location }: RemoveRequest, { git, host }: RemoveAdapters): Promise<RemovalPlan> {
  const manifest = await host.state.readManifest(project);
  if (manifest === null) {
    const known = await host.state.listProjects();
    throw new UserError(
      `There is no "${project}" here. ${known.length === 0 ? 'No issue has a worktree.' : `There are: ${known.join(', ')}.`}`,
    );
  }
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  const path = allocation?.worktree ?? (await host.state.readLocal(project))?.worktree ?? null;
  const entry = (await git.listWorktrees()).find((other) => other.path === path);
  const wasReady = allocation?.state !== 'creating';
  const dirtyPaths = entry !== undefined && wasReady && path !== null && (await host.pathExists(path)) ? await git.dirtyPaths(path) : [];
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  const losses: string[] = [];
  if (dirtyPaths.length > 0) losses.push(`${dirtyPaths.length} uncommitted file(s), first "${printableLine(dirtyPaths[0] ?? '')}"`);
  const detached = entry !== undefined && entry.branch === null && entry.head !== null && wasReady ? entry.head : null;
  const keepers = [manifest.base, await git.defaultBranch(await branchesOfIssues(host))];
  const lostCommits: string[] = [];
  for (const commit of new Set([tip, detached])) {
    if (commit === null || (await isKept(commit, keepers, git))) continue;
    lostCommits.push(commit);
    const count = (await git.log(manifest.base, commit)).length;
    losses.push(
      `${count} commit(s) ${commit === tip ? `on "${manifest.branch}"` : 'on a detached HEAD'} that no remote and no default branch has`,
    );
  }
  if (entry?.locked === true) losses.push('git has it locked: git worktree unlock');
  for (const waiting of await projectsThatWaitFor(project, host)) losses.push(`"${waiting}" waits for it`);
  return { manifest, worktree: path, losses, tip, dirtyPaths, lostCommits, ownsBranch: allocation?.ownsBranch ?? false };
}

/**
 * Removes an issue's worktree, branch, database and state. With `force`, what would be lost is kept under `refs/nx-fleet/trash/` first.
 * Run again after an interruption, it finishes.
 * @returns the refs that keep what was taken away
 */
export async function removeWorktree(plan: RemovalPlan, request: RemoveRequest, adapters: RemoveAdapters): Promise<readonly string[]> {
  const { git, host, database } = adapters;
  const { project, location, force, onProgress } = request;
  if (plan.losses.length > 0 && !force) {
    throw new UserError(
      `"${project}" is not removed: ${plan.losses.join('; ')}. Commit, push or merge it, or use --force, which keeps a ref under refs/nx-fleet/trash/.`,
    );
  }
  await requireNobodyAtWork(request, adapters);
  await requireAsPlanned(plan, request, adapters);
  if (plan.worktree !== null) await host.endStrays(plan.worktree);
  const kept = await keepLosses(plan, request, adapters);
  await setRemoving(project, location, host);
  if (plan.worktree !== null) {
    onProgress('database');
    await database.removeBranch({ project, mainWorktree: location.mainWorktree, worktree: plan.worktree, onProgress });
    onProgress('worktree');
    await git.removeWorktree(plan.worktree);
  }
  if (plan.tip !== null && plan.ownsBranch) await git.deleteBranch(plan.manifest.branch, plan.tip);
  for (const ref of [builtRef(project), buildingRef(project)]) if ((await git.readRef(ref)) !== null) await git.deleteRef(ref);
  // The manifest goes last: without it, an interrupted removal could not be run again.
  await host.registry.update((current) => ({
    allocations: current.filter((other) => !(other.repository === location.commonDirectory && other.project === project)),
    result: undefined,
  }));
  await host.state.removeIssue(project);
  return kept;
}

/** Not even `force` takes a worktree from under a process: what it writes meanwhile would be in no kept ref. */
async function requireNobodyAtWork({ project, location }: RemoveRequest, { git, host }: RemoveAdapters): Promise<void> {
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  if (allocation === undefined || allocation.owner.pid === host.registry.self.pid) return;
  const isBusy = allocation.state !== 'ready' || (await git.readRef(buildingRef(project))) !== null;
  if (!isBusy || !(await host.registry.isAlive(allocation.owner))) return;
  throw new UserError(
    `"${project}" is being worked on by process ${allocation.owner.pid}. Wait for it to end, or end it, then run this again.`,
  );
}

/** Other removals of the same command may have come first and taken minutes. */
async function requireAsPlanned(plan: RemovalPlan, request: RemoveRequest, adapters: RemoveAdapters): Promise<void> {
  const now = await planRemoval(request, adapters);
  if (now.tip === plan.tip && now.losses.every((loss) => plan.losses.includes(loss))) return;
  throw new UserError(`"${request.project}" has changed since it was looked at, and is not removed. Look at it, then run this again.`);
}

async function keepLosses(plan: RemovalPlan, { project }: RemoveRequest, { git, host }: RemoveAdapters): Promise<readonly string[]> {
  const commits = [...plan.lostCommits];
  if (plan.dirtyPaths.length > 0 && plan.worktree !== null)
    commits.unshift(await git.captureWorktree(plan.worktree, `Kept from ${project}`));
  const refs: string[] = [];
  for (const commit of commits) refs.push(await keepInTrash(commit, { project, at: host.now() }, git));
  return refs;
}

async function setRemoving(project: string, location: RepositoryLocation, host: Host): Promise<void> {
  await host.registry.update((current) => ({
    allocations: current.map((other) =>
      other.repository === location.commonDirectory && other.project === project
        ? { ...other, state: 'removing', owner: host.registry.self }
        : other,
    ),
    result: undefined,
  }));
}

async function isKept(commit: string, keepers: readonly (string | null)[], git: Git): Promise<boolean> {
  for (const keeper of keepers) if (keeper !== null && (await git.isAncestor(commit, keeper))) return true;
  return (await git.remoteBranchesWith(commit)).length > 0;
}

async function branchesOfIssues({ state }: Host): Promise<readonly string[]> {
  const manifests = await Promise.all((await state.listProjects()).map((project) => state.readManifest(project)));
  return manifests.flatMap((manifest) => (manifest === null ? [] : [manifest.branch]));
}

async function projectsThatWaitFor(project: string, host: Host): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const other of await host.state.listProjects()) {
    const manifest = await host.state.readManifest(other);
    if (manifest?.blockedBy.includes(project) === true) waiting.push(other);
  }
  return waiting;
}
