import { UserError, withoutCommands } from '@nx-fleet/core';
import { guard } from '@nx-fleet/host';
import { log } from './log.js';
import { systemFault } from './system-fault.js';

/** Runs an executor's work. A user's fault is one line and a failed task; anything else is a bug and is thrown on. */
export async function reportTask(work: () => Promise<boolean>): Promise<{ success: boolean }> {
  try {
    return { success: await work() };
  } catch (error) {
    const fault = userFault(error);
    if (fault === null) throw error;
    log.error(fault.message);
    return { success: false };
  }
}

/** Runs a generator's work. A user's fault loses its stack, so that Nx prints one line; Ctrl-C is answered by what to do next. */
export async function reportGenerator<Result>(work: () => Promise<Result>, guarding: typeof guard = guard): Promise<Result> {
  const interrupted = async (): Promise<void> => log.warn('Interrupted. To continue, run the same command again.');
  const forget = guarding({ end: interrupted, endNow: () => undefined });
  try {
    return await work();
  } catch (error) {
    const fault = userFault(error);
    if (fault === null) throw error;
    fault.message = withoutCommands(fault.message);
    fault.stack = '';
    throw fault;
  } finally {
    forget();
  }
}

function userFault(error: unknown): UserError | null {
  return error instanceof UserError ? error : systemFault(error);
}
