import type { ExecutorContext } from '@nx/devkit';
import type { Adapters } from '../../adapters.js';
import { isUntouched } from './is-untouched.js';
import type { GateExecutorSchema } from './schema.js';

/** `agent-review`: merges the reviews and fails on blocking findings. */
export async function gateExecutor(
  options: GateExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  if (options.subject === 'project' && isUntouched(context)) {
    process.stdout.write('Nothing to review: the change does not touch this project.\n');
    return { success: true };
  }
  const { mergeReviews } = await import('./merge-reviews.js');
  return mergeReviews(options, context, adapters);
}
