import { UserError } from '../errors/user-error.js';
import type { Host } from '../host/host.js';
import { describeProcess, type Allocation, type Spare } from '../host/registry.js';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';
import type { Problem, ExamineContext } from './examine-fleet.js';

interface Holdings {
  readonly allocations: readonly Allocation[];
  readonly spares: readonly Spare[];
}

/** Other repositories that hold names and ports, and whose folder is not there: deleted, or on a disk or in a container that is not there now. */
export async function examineAbsentRepositories({ location, adapters: { host } }: ExamineContext): Promise<readonly Problem[]> {
  const others = [...(await absentRepositories(host))].filter(([repository]) => repository !== location.commonDirectory);
  return others.map(([repository, holdings]) => ({
    subject: repository,
    reason: `its folder is not there, and it holds ${describeHoldings(holdings)}. If it is gone for good: nx run fleet:doctor --release=${repository}`,
    remedy: 'note',
  }));
}

/**
 * Releases the names, ports and spares of a repository whose folder is not there.
 * @returns what it held, for users @throws UserError when there is no such repository, or one of its processes is at work
 */
export async function releaseAbsentRepository(
  repository: string,
  { host, dryRun }: { readonly host: Host; readonly dryRun: boolean },
): Promise<string> {
  const absent = await absentRepositories(host);
  const holdings = absent.get(repository);
  if (holdings === undefined) {
    const known = [...absent.keys()].map((one) => `"${printableLine(one)}"`).join(', ') || 'none';
    throw new UserError(
      `"${printableLine(repository)}" is not a repository that holds something here and whose folder is not there. Those are: ${known}.`,
    );
  }
  for (const { project, owner, state } of holdings.allocations) {
    if (state === 'ready' || owner === null || !(await host.registry.isAlive(owner))) continue;
    throw new UserError(
      `"${printableLine(project)}" of that repository is being worked on by ${describeProcess(owner, host.registry.self)}. Wait for it to end, then run this again.`,
    );
  }
  if (!dryRun) {
    await host.registry.update((allocations, spares) => ({
      allocations: allocations.filter((one) => one.repository !== repository),
      spares: spares.filter((one) => one.repository !== repository),
      result: undefined,
    }));
  }
  return describeHoldings(holdings);
}

async function absentRepositories(host: Host): Promise<ReadonlyMap<string, Holdings>> {
  const [allocations, spares] = await Promise.all([host.registry.read(), host.registry.readSpares()]);
  const absent = new Map<string, Holdings>();
  for (const repository of new Set([...allocations, ...spares].map((one) => one.repository))) {
    if (await host.pathExists(repository)) continue;
    const isTheirs = (one: { readonly repository: string }): boolean => one.repository === repository;
    absent.set(repository, { allocations: allocations.filter(isTheirs), spares: spares.filter(isTheirs) });
  }
  return absent;
}

function describeHoldings({ allocations, spares }: Holdings): string {
  const parts = [count(allocations.length, 'worktree'), count(spares.length, 'spare worktree')];
  return parts.filter((part) => !part.startsWith('0')).join(' and ');
}
