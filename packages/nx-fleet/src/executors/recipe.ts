import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { parseJson, type StageContext } from '@nx-fleet/core';
import { APPROVED } from '../graph/issue-targets.js';
import { isSettingsInput, type Input } from '../graph/stage-key.js';
import { filesOf, inWorkspace } from '../settings/files-of-run.js';
import { AFFECTED_VARIABLE } from '../settings/range-of-run.js';
import { isRecord } from '../settings/json-file.js';

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
