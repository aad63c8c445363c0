import { UserError } from '@nx-fleet/core';

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
