import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import { isSameProcess, type Spare } from '../host/registry.js';
import type { Settings } from '../settings/settings.js';
import { printableLine } from '../text/printable.js';
import { runInWorktree } from './steps/setup-step.js';
import { discardWorktree, type WorktreeAdapters } from './worktree-work.js';
import { worktreeEnvironment } from './worktree-environment.js';

export interface SpareRequest {
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  /** Absolute path of the folder that holds the linked worktrees. */
  readonly worktreesDirectory: string;
  /** The commit that the next issues will probably start from. */
  readonly commit: string;
  readonly onProgress: (line: string) => void;
}

/** Folders of spares are named so, and nothing else is. */
export const SPARE_PREFIX = '.nx-fleet-spare-';

/** Prepares worktrees until as many are ready as the configuration asks for; removes broken ones and those that are too many. */
export async function refillSpares(request: SpareRequest, adapters: WorktreeAdapters): Promise<void> {
  for (const bad of await findBadSpares(request, adapters)) await sweepSpare(bad, adapters);
  // git moves no worktree that has submodules.
  if (await adapters.host.pathExists(`${request.location.mainWorktree}/.gitmodules`)) return;
  for (;;) {
    const spare = await reserveSpare(request, adapters);
    if (spare === null) return;
    try {
      await fillSpare(spare, request, adapters);
    } catch (error) {
      await dropSpare(spare, adapters);
      throw error;
    }
  }
}

/** A spare that is to go. */
export interface BadSpare {
  readonly spare: Spare;
  readonly reason: string;
}

/** Spares that a killed process left half-made, that are gone from the disk, or that are more than wanted. */
export async function findBadSpares(
  { location, settings }: Pick<SpareRequest, 'location' | 'settings'>,
  adapters: WorktreeAdapters,
): Promise<readonly BadSpare[]> {
  const bad: BadSpare[] = [];
  let kept = 0;
  for (const spare of await sparesOf(location, adapters)) {
    const reason = await reasonToDrop(spare, kept < settings.worktrees.spares, adapters);
    if (reason === null) kept += 1;
    else bad.push({ spare, reason });
  }
  return bad;
}

/** Removes a spare that is as it was seen; one that somebody has claimed in the meantime is theirs. */
export async function sweepSpare({ spare }: BadSpare, adapters: WorktreeAdapters): Promise<void> {
  if (await takeOut(spare, adapters)) await dropSpare(spare, adapters);
}

async function reasonToDrop(spare: Spare, isWanted: boolean, { host }: WorktreeAdapters): Promise<string | null> {
  if (spare.state === 'filling') return (await host.registry.isAlive(spare.owner)) ? null : 'its preparation was interrupted';
  if (!(await host.pathExists(spare.worktree))) return 'its folder is gone';
  return isWanted ? null : 'there are more spares than "worktrees.spares" asks for';
}

/** Names the next spare, unless there are enough of them. */
async function reserveSpare({ location, settings, worktreesDirectory }: SpareRequest, { host }: WorktreeAdapters): Promise<Spare | null> {
  const names = await host.listDirectory(worktreesDirectory);
  return host.registry.update<Spare | null>((allocations, spares) => {
    const mine = spares.filter(({ repository }) => repository === location.commonDirectory);
    if (mine.length >= settings.worktrees.spares) return { allocations, result: null };
    const taken = new Set([...spares.map(({ worktree }) => worktree), ...allocations.flatMap(({ spare }) => spare ?? [])]);
    for (let number = 1; ; number += 1) {
      const name = `${SPARE_PREFIX}${number}`;
      const worktree = `${worktreesDirectory}/${name}`;
      if (taken.has(worktree) || names.includes(name)) continue;
      const spare: Spare = { repository: location.commonDirectory, worktree, state: 'filling', owner: host.registry.self };
      return { allocations, spares: [...spares, spare], result: spare };
    }
  });
}

async function fillSpare(
  spare: Spare,
  { location, settings, commit, onProgress }: SpareRequest,
  adapters: WorktreeAdapters,
): Promise<void> {
  const { git, host } = adapters;
  onProgress(`preparing a spare worktree in "${spare.worktree}"`);
  await git.addDetachedWorktree(spare.worktree, commit);
  await git.checkoutWorktree(spare.worktree);
  const { prepare, safety, passEnv } = settings.worktrees;
  const env = worktreeEnvironment(spare.worktree, host.env, passEnv);
  const place = { worktree: spare.worktree, base: commit, env, onBegin: onProgress };
  for (const line of prepare) await runInWorktree({ label: 'prepare', line }, place, adapters);
  await host.installDependencies({ from: location.mainWorktree, to: spare.worktree, safety, env, onProgress });
  const [dirty] = await git.dirtyPaths(spare.worktree);
  if (dirty !== undefined)
    throw new UserError(
      `"${printableLine(dirty)}" is neither committed nor ignored once dependencies are installed, so no spare worktree can be kept. Ignore it, or set "worktrees.spares": 0.`,
    );
  await host.registry.update((allocations, spares) => ({
    allocations,
    spares: spares.map((other) => (isSame(other, spare) ? { ...other, state: 'ready' } : other)),
    result: undefined,
  }));
}

/** False when someone else has just claimed it, or sweeps it. */
async function takeOut(spare: Spare, { host }: WorktreeAdapters): Promise<boolean> {
  const { state, owner } = spare;
  return host.registry.update((allocations, spares) => {
    const isAsSeen = (other: Spare): boolean => other.state === state && isSameProcess(other.owner, owner);
    const isThere = spares.some((other) => isSame(other, spare) && isAsSeen(other));
    const filling: Spare = { ...spare, state: 'filling', owner: host.registry.self };
    return { allocations, spares: isThere ? spares.map((other) => (isSame(other, spare) ? filling : other)) : spares, result: isThere };
  });
}

async function dropSpare(spare: Spare, { git, host }: WorktreeAdapters): Promise<void> {
  await host.endStrays(spare.worktree);
  await discardWorktree(spare.worktree, { git, host });
  await host.registry.update((allocations, spares) => ({
    allocations,
    spares: spares.filter((other) => !isSame(other, spare)),
    result: undefined,
  }));
}

async function sparesOf({ commonDirectory }: RepositoryLocation, { host }: WorktreeAdapters): Promise<readonly Spare[]> {
  return (await host.registry.readSpares()).filter(({ repository }) => repository === commonDirectory);
}

function isSame(one: Spare, other: Spare): boolean {
  return one.repository === other.repository && one.worktree === other.worktree;
}
