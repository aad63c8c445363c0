import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { UserError } from '@nx-fleet/core';
import { isSettingsInput } from '../graph/stage-key.js';

/**
 * Nx hashes tasks that wait for a free slot long before they start. A stage that read options of another moment would be stored under the key
 * of these.
 * @param target the target as the current options make it
 * @param isAsBegun whether all options are those that the Nx command began with
 * @throws UserError when the options that the stage reads have changed since its key was made
 */
export function requireHashedOptions(
  context: Pick<ExecutorContext, 'taskGraph' | 'projectName' | 'targetName'>,
  target: TargetConfiguration,
  isAsBegun: boolean,
): void {
  const task = context.taskGraph?.tasks[`${context.projectName ?? ''}:${context.targetName ?? ''}`];
  const hashed = Object.keys(task?.hashDetails?.nodes ?? {}).filter((node) => isSettingsInput(node.replace(/^runtime:/, '')));
  const now = (target.inputs ?? []).flatMap((input) =>
    typeof input === 'object' && 'runtime' in input ? [`runtime:${input.runtime}`] : [],
  );
  // Nx 24 keeps from a task what was hashed; what the whole command began with is next best.
  const isAsHashed = hashed.length > 0 ? hashed.every((node) => now.includes(node)) : isAsBegun;
  if (isAsHashed) return;
  throw new UserError('The options of this stage changed after Nx made its cache key. Run it again.');
}
