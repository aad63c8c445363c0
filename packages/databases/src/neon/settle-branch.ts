import { printableLine, UserError } from '@nx-fleet/core';
import type { NeonClient } from './neon-client.js';
import { createPause, type Pause } from './neon-call.js';

const DONE: readonly string[] = ['finished', 'skipped', 'cancelled'];
const FAILED: readonly string[] = ['failed', 'error'];
const USABLE: readonly string[] = ['ready', 'archived'];

/** Waits until operations have ended. @throws UserError when they take too long */
export async function awaitOperations(client: NeonClient, operations: readonly string[]): Promise<void> {
  const pause = pollingPause(client);
  for (const operation of operations) {
    await awaitOperation(client, operation, pause);
  }
}

async function awaitOperation(client: NeonClient, id: string, pause: Pause): Promise<void> {
  let failedSinceMs: number | null = null;
  for (;;) {
    const { action, status } = await client.getOperation(id);
    if (DONE.includes(status)) {
      return;
    }
    failedSinceMs = FAILED.includes(status) ? (failedSinceMs ?? performance.now()) : null;
    if (failedSinceMs !== null && performance.now() - failedSinceMs >= client.patience.failedMs) {
      throw new Error(`Neon's operation "${printableLine(action)}" (${printableLine(id)}) ended as "${printableLine(status)}"`);
    }
    if (!(await pause())) {
      throw tooSlow(`its operation "${printableLine(action)}" is still "${printableLine(status)}"`, client);
    }
  }
}

/** Waits until a branch may be used, no matter who works on it. @throws UserError when it is gone, or takes too long */
export async function awaitReady(client: NeonClient, branchId: string): Promise<void> {
  const pause = pollingPause(client);
  for (;;) {
    const branch = await client.getBranch(branchId);
    if (branch === null) {
      throw new UserError(`Neon branch "${branchId}" was removed while it was waited for. Run this again.`);
    }
    if (USABLE.includes(branch.state)) {
      return;
    }
    if (!(await pause())) {
      throw tooSlow(`the branch "${printableLine(branch.name)}" is still in the state "${printableLine(branch.state)}"`, client);
    }
  }
}

function pollingPause({ patience, signal }: NeonClient): Pause {
  return createPause({ firstMs: patience.firstPauseMs, longestMs: patience.longestPollMs, limitMs: patience.readyMs, signal });
}

function tooSlow(what: string, { patience }: NeonClient): UserError {
  return new UserError(`Neon is slow: after ${Math.ceil(patience.readyMs / 1000)} s ${what}. Run this again: finished steps are kept.`);
}
