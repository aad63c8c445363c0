import { identifyProcess } from '../process-identity.js';
import { outermostNx, type Descendant } from './outermost-nx.js';

export interface LedgerOptions {
  readonly mainWorktree: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command of Nx that a task works for, the outermost where one runs in another. Nx 24 hands its tasks the ids of the processes that they are
 * nested in, outermost first; Nx 23 that of the outermost one; Nx 22 nothing: there the processes themselves tell.
 */
export function identifyRun({ mainWorktree, env }: LedgerOptions, nxOf: (descendant: Descendant) => number | null = outermostNx): string {
  const told = env['NX_INVOCATION_ANCESTOR_PIDS']?.split(',')[0] ?? env['NX_INVOCATION_ROOT_PID'] ?? '';
  const pid = /^[1-9]\d*$/.test(told) ? Number(told) : (nxOf({ pid: process.pid, mainWorktree }) ?? process.pid);
  return `${pid}@${identifyProcess(pid).startedAt ?? ''}`;
}
