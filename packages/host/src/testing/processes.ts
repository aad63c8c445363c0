import { readProcessStat } from '../process-stat.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** True while a process runs; one that only waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  const stat = readProcessStat(pid);
  return stat !== null && !stat.isDead;
}

/** Waits until the process is gone. False if it is still there after ten seconds. */
export async function isGoneSoon(pid: number): Promise<boolean> {
  for (let round = 0; round < 200 && isRunning(pid); round += 1) {
    await sleep(50);
  }
  return !isRunning(pid);
}
