import { setTimeout as sleep } from 'node:timers/promises';
import { processIds, variableOf } from './proc-source.js';
import { processSource } from './process-source.js';

/** Variable that marks every process of a run, so that those that left the group are found. */
export const RUN_VARIABLE = 'NX_FLEET_RUN';

export interface ProcessGroup {
  /** Process id of the leader, which is the group's id. */
  readonly leader: number;
  /** Unique text inside `NX_FLEET_RUN` of each process of the run; null where those that have left the group are to stay. */
  readonly mark: string | null;
}

// Nx 24 sends SIGKILL five seconds after SIGTERM: both steps together stay below.
const TERMINATE_GRACE_MS = 2_000;
const KILL_GRACE_MS = 1_500;
const POLL_MS = 25;

/** Ends all processes of a run: SIGTERM, then SIGKILL after 2 s. Takes at most 3.5 s. */
export async function endProcessGroup(group: ProcessGroup): Promise<void> {
  signalProcessGroup(group, 'SIGTERM');
  const killAt = performance.now() + TERMINATE_GRACE_MS;
  const giveUpAt = killAt + KILL_GRACE_MS;
  while (hasMembers(group) && performance.now() < giveUpAt) {
    if (performance.now() >= killAt) {
      // Again in each round: a process may have forked between the look and the signal.
      signalProcessGroup(group, 'SIGKILL');
    }
    await sleep(POLL_MS);
  }
}

/** Sends a signal to each process of a run, at once. */
export function signalProcessGroup(group: ProcessGroup, signal: NodeJS.Signals): void {
  send(-group.leader, signal);
  for (const pid of strays(group)) {
    send(pid, signal);
  }
}

/** True while a process of the run is left. One that is dead and only not yet reaped does not count. */
export function hasMembers(group: ProcessGroup): boolean {
  return (send(-group.leader, 0) && processSource.membersOf(group.leader).length > 0) || strays(group).length > 0;
}

/** Processes of the run that made a group or a session of their own. Only Linux shows them. */
function strays({ leader, mark }: ProcessGroup): readonly number[] {
  if (process.platform !== 'linux' || mark === null) return [];
  const members = new Set(processSource.membersOf(leader));
  return processIds().filter((pid) => marksOf(pid).includes(mark) && !members.has(pid));
}

/** The joined marks of a process, or ''. Only Linux shows them. */
export function marksOf(pid: number): string {
  return variableOf(pid, RUN_VARIABLE);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS answers EPERM for a group of which only dead processes are left.
    if (code === 'ESRCH' || code === 'EPERM') {
      return false;
    }
    throw error;
  }
}
