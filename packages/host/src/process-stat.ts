import { readFileSync } from 'node:fs';

export interface ProcessStat {
  /** Process id of its parent. */
  readonly parent: number;
  readonly group: number;
  /** Clock ticks after boot, as text. */
  readonly startTicks: string;
  /** True for a process that has ended and waits to be reaped. */
  readonly isDead: boolean;
}

/** What Linux tells of a process in `/proc/<pid>/stat` (proc_pid_stat(5)), or null if there is none. */
export function readProcessStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  return parseProcessStat(text);
}

/** The second field, a name in parentheses, may hold spaces and parentheses itself: count from the last one. */
export function parseProcessStat(text: string): ProcessStat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startTicks = fields[19];
  if (state === undefined || parent === undefined || group === undefined || startTicks === undefined) {
    return null;
  }
  return { parent: Number(parent), group: Number(group), startTicks, isDead: state === 'Z' || state === 'X' };
}
