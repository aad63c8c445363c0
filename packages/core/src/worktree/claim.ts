import { UserError } from '../errors/user-error.js';
import type { Host } from '../host/host.js';
import { describeProcess, type Allocation, type ProcessIdentity, type Spare } from '../host/registry.js';
import { choosePortBlock, listBlockPorts } from './port-block.js';

export interface ClaimRequest {
  /** The repository's common git directory. */
  readonly repository: string;
  readonly project: string;
  readonly branch: string;
  readonly worktree: string;
  readonly ownsBranch: boolean;
  /** Whether a spare worktree may be taken for it. */
  readonly takesSpare: boolean;
  readonly reservedPorts: readonly number[];
  readonly onProgress: (line: string) => void;
}

export interface Claim {
  readonly allocation: Allocation;
  /** True when the worktree was made and checked out before: its files are someone's work now. */
  readonly wasReady: boolean;
}

/**
 * Claims an issue's names and ports on this machine, or finds the claim that is there.
 * A foreign listener on the block moves it to the next one.
 * @throws UserError when another living process is at work on it, or it is being removed, or no block is free
 */
export async function claimWorktree(request: ClaimRequest, host: Host): Promise<Claim> {
  const alive = new Map<string, boolean>();
  const avoided = new Set<number>();
  for (;;) {
    const generation = newGeneration(host);
    const claim = await host.registry.update<Claim | ProcessIdentity>((current, spares) => {
      const mine = findAllocation(current, request);
      const owner = mine === undefined || isSelf(mine.owner, host) ? null : mine.owner;
      const isAlive = owner === null ? false : alive.get(keyOf(owner));
      if (owner !== null && isAlive === undefined) return { allocations: current, result: owner };
      if (mine !== undefined) requireMineToTake(mine, isAlive === true ? owner : null, host);
      const wasReady = mine?.state === 'ready';
      const firstPort = mine !== undefined && !avoided.has(mine.firstPort) ? mine.firstPort : freeBlock(request, current, avoided);
      const spare = mine === undefined && request.takesSpare ? spares.find((one) => isReadySpare(one, request)) : undefined;
      const allocation: Allocation = {
        repository: request.repository,
        project: request.project,
        generation: mine?.generation ?? generation,
        worktree: mine?.worktree ?? request.worktree,
        branch: request.branch,
        ownsBranch: mine?.ownsBranch ?? request.ownsBranch,
        firstPort,
        number: mine?.number ?? freeNumber(current),
        state: wasReady ? 'ready' : 'creating',
        // A build may be running in a ready worktree: its process stays the owner.
        owner: wasReady && isAlive === true ? owner : host.registry.self,
        spare: mine?.spare ?? spare?.worktree,
      };
      return {
        allocations: [...current.filter((other) => other !== mine), allocation],
        spares: spares.filter((other) => other !== spare),
        result: { allocation, wasReady },
      };
    });
    if ('pid' in claim) {
      alive.set(keyOf(claim), await host.registry.isAlive(claim));
      continue;
    }
    // A worktree that was ready may have its own servers on its ports.
    const busy = claim.wasReady ? [] : await host.busyPorts(listBlockPorts(claim.allocation.firstPort));
    if (busy.length === 0) return claim;
    request.onProgress(`port ${busy.join(', ')} is in use by another program: taking the next block`);
    avoided.add(claim.allocation.firstPort);
  }
}

/** A name for one life of a project, that no earlier one had. */
export function newGeneration(host: Host): string {
  return `${host.now().getTime().toString(36)}-${host.registry.self.pid}`;
}

/** The allocation of a project in a repository. */
export function findAllocation(
  allocations: readonly Allocation[],
  { repository, project }: Pick<Allocation, 'repository' | 'project'>,
): Allocation | undefined {
  return allocations.find((other) => other.repository === repository && other.project === project);
}

/** Records how far a claim has come. A worktree that is ready is not a spare any longer, and free for its stages while this process continues with others. */
export async function settleWorktree(state: Allocation['state'], claimed: Allocation, host: Host): Promise<void> {
  await host.registry.update((current) => ({
    allocations: current.map((other) => (isSame(other, claimed) ? settled(other, state, host) : other)),
    result: undefined,
  }));
}

function settled(claim: Allocation, state: Allocation['state'], host: Host): Allocation {
  if (state !== 'ready') return { ...claim, state };
  return { ...claim, state, spare: undefined, owner: isSelf(claim.owner, host) ? null : claim.owner };
}

/**
 * Makes this process the one at work on a claim that was read before, if it is unchanged since.
 * @throws UserError when somebody has
 */
export async function takeClaim(seen: Allocation, state: Allocation['state'], host: Host): Promise<Allocation> {
  const taken: Allocation = { ...seen, state, owner: host.registry.self };
  const isMine = await host.registry.update((current) => {
    const now = findAllocation(current, seen);
    const isAsSeen = now !== undefined && isUntouched(now, seen);
    return { allocations: isAsSeen ? current.map((other) => (other === now ? taken : other)) : current, result: isAsSeen };
  });
  if (isMine) return taken;
  throw new UserError(`Another process has just begun to work on "${seen.project}". Wait for it to end, then run this again.`);
}

/** @throws UserError while another living process is at work on a claim: a build has it long before anything else tells that it builds */
export async function requireIdleWorktree(claim: Allocation, host: Host): Promise<void> {
  const owner = await findOwnerAtWork(claim, host);
  if (owner === null) return;
  throw new UserError(
    `"${claim.project}" is being worked on by ${describeProcess(owner, host.registry.self)}. Wait for it to end, or end it, then run this again.`,
  );
}

/** The other living process that is at work on a claim; null when there is none. */
export async function findOwnerAtWork({ owner }: Allocation, host: Host): Promise<ProcessIdentity | null> {
  return owner !== null && !isSelf(owner, host) && (await host.registry.isAlive(owner)) ? owner : null;
}

/** Gives names and ports back. */
export async function releaseWorktree(claimed: Pick<Allocation, 'repository' | 'project'>, host: Host): Promise<void> {
  await host.registry.update((current) => ({ allocations: current.filter((other) => !isSame(other, claimed)), result: undefined }));
}

function isSame(one: Pick<Allocation, 'repository' | 'project'>, other: Pick<Allocation, 'repository' | 'project'>): boolean {
  return one.repository === other.repository && one.project === other.project;
}

/** Whether a claim is as it was when it was read. */
export function isUntouched(one: Allocation, other: Allocation): boolean {
  return one.state === other.state && one.generation === other.generation && keyOf(one.owner) === keyOf(other.owner);
}

function isReadySpare({ repository, state }: Spare, request: ClaimRequest): boolean {
  return repository === request.repository && state === 'ready';
}

function keyOf(owner: ProcessIdentity | null): string {
  return owner === null ? '' : `${owner.pid} ${owner.startedAt} ${owner.place}`;
}

function isSelf(owner: ProcessIdentity | null, host: Host): boolean {
  return keyOf(owner) === keyOf(host.registry.self);
}

function requireMineToTake(mine: Allocation, busy: ProcessIdentity | null, { registry }: Host): void {
  if (mine.state !== 'ready' && busy !== null) {
    throw new UserError(
      `"${mine.project}" is being worked on by ${describeProcess(busy, registry.self)}. Wait for it to end, then run this again.`,
    );
  }
  if (mine.state === 'removing') {
    throw new UserError(
      `"${mine.project}" was being removed when that was interrupted. Finish it first: nx g remove-worktree --issue=${mine.project.slice('issue-'.length)}`,
    );
  }
}

function freeNumber(current: readonly Allocation[]): number {
  const taken = new Set(current.map(({ number }) => number));
  let free = 1;
  while (taken.has(free)) free++;
  return free;
}

/** @throws UserError when no block of ports is free */
export function freeBlock(
  request: Pick<ClaimRequest, 'repository' | 'project' | 'reservedPorts'>,
  current: readonly Allocation[],
  avoided: ReadonlySet<number>,
): number {
  const first = choosePortBlock({
    name: `${request.repository}#${request.project}`,
    taken: new Set([...current.map((allocation) => allocation.firstPort), ...avoided]),
    reserved: new Set(request.reservedPorts),
  });
  if (first === null)
    throw new UserError('All 1000 port blocks of this machine are taken. Remove worktrees that you no longer need: nx g remove-worktree');
  return first;
}
