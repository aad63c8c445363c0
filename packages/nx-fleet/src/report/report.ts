import { printableLine, UserError, withoutCommands } from '@nx-fleet/core';
import { guard } from '@nx-fleet/host';
import { log } from './log.js';

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

/**
 * What several tasks that ran side by side have given, when all have succeeded.
 * @param name what to call the task at an index @default its message says it
 * @throws Error the first failure that is not a user's fault, else a UserError with a line for each failure
 */
export function allSucceeded<Value>(results: readonly PromiseSettledResult<Value>[], name?: (index: number) => string): readonly Value[] {
  const lines: string[] = [];
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    const reason: unknown = result.reason;
    if (!(reason instanceof UserError)) throw reason as Error;
    lines.push(name === undefined ? reason.message : `${name(index)}: ${reason.message}`);
  }
  if (lines.length > 0) throw new UserError(lines.join('\n'));
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk. Make room',
  EDQUOT: 'your quota of its disk is used up. Make room',
  EROFS: 'its file system can only be read. Mount it for writing',
  EACCES: 'permission is denied. Change its owner or mode',
  EPERM: 'the system does not permit it. Change its owner, mode or attributes',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n)',
};

/** What the system refuses, in a line for the user; null for every other error. The error is kept as the cause. */
export function systemFault(error: unknown): UserError | null {
  if (!(error instanceof Error)) return null;
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const fault = Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  if (fault === undefined || syscall === undefined) return null;
  const what = path === undefined ? `"${syscall}"` : `"${printableLine(path)}" (${syscall})`;
  return new UserError(`${what} failed: ${fault}, then run this again.`, { cause: error });
}
