import { parseJson, type StageContext, UserError } from '@nx-fleet/core';
import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPROVED } from '../graph/issue-targets.js';
import { type Input, isSettingsInput } from '../graph/stage-target.js';
import { filesOf, inWorkspace } from '../settings/files-of-run.js';
import { AFFECTED_VARIABLE } from '../settings/range-of-run.js';
import { isRecord } from '../settings/read-settings.js';

interface Recipe {
  readonly root: string;
  readonly target: TargetConfiguration;
  readonly stage: StageContext;
  /** Whose program runs; null where none does. */
  readonly agent: string | null;
}

/**
 * A digest of all inputs that a target of an issue declares, as they are now. Nx puts more into a key: `nx.json`, and the names and options of all
 * targets of the project. What a stage has made of equal inputs is its result whatever Nx calls it, and in whichever round of fixes it was made.
 * What a build starts from is left out: where nothing else has changed, its commits are moved over.
 * @returns null where one of the inputs is not known to us
 */
export async function recipeOf(recipe: Recipe): Promise<string | null> {
  const parts: unknown[] = [process.version];
  for (const input of recipe.target.inputs ?? []) {
    const part = await partOf(input, recipe);
    if (part === undefined) return null;
    parts.push(part);
  }
  const { agent, stage } = recipe;
  if (agent !== null) parts.push(await stage.agent(agent).detect());
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function partOf(input: Input, { root, target, stage }: Recipe): Promise<unknown> {
  if (typeof input === 'string') return input.startsWith('{') ? filesOf(root, inWorkspace(input, stage.project)) : undefined;
  if ('json' in input) return fieldsOf(join(root, inWorkspace(input.json, stage.project)), input);
  if ('dependentTasksOutputFiles' in input) {
    if (input.dependentTasksOutputFiles === APPROVED.dependentTasksOutputFiles) return null;
    const before = (target.dependsOn ?? []).filter((one) => typeof one === 'string');
    return Promise.all(
      before.map((one) => stage.host.artifacts.read(stage.project, one, input.dependentTasksOutputFiles.replace('**/', ''))),
    );
  }
  // Of programs the version is asked for, which is what such an input prints.
  if ('runtime' in input) return isSettingsInput(input.runtime) ? input.runtime : null;
  if ('env' in input) return input.env === AFFECTED_VARIABLE ? null : (process.env[input.env] ?? '');
  return 'externalDependencies' in input ? null : undefined;
}

function fieldsOf(
  file: string,
  { fields, excludeFields = [] }: { readonly fields?: string[]; readonly excludeFields?: string[] },
): unknown {
  const value = parseJson(readFileSync(file, 'utf8'));
  if (!isRecord(value)) return undefined;
  return Object.entries(value).filter(([name]) => fields?.includes(name) ?? !excludeFields.includes(name));
}

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
