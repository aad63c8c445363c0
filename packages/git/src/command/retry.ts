import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@nx-fleet/core';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * Acts again when git fails, six times in all: other programs' `git worktree` commands do not know our lease, and git reads their half-written
 * registrations. A `UserError` is final. @param fix what to do before the next attempt
 */
export async function withRetries<Result>(act: () => Promise<Result>, fix?: () => Promise<unknown>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof UserError || attempt === ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      await fix?.();
    }
  }
}
