import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from '../process-identity.js';

/** True while a process runs; one that only waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  return isProcessAlive({ pid, startedAt: null });
}

/** Waits until the process is gone. False if it is still there after ten seconds. */
export async function isGoneSoon(pid: number): Promise<boolean> {
  for (let round = 0; round < 200 && isRunning(pid); round += 1) {
    await sleep(50);
  }
  return !isRunning(pid);
}
