import type { TargetConfiguration } from '@nx/devkit';
import type { AgentStageSettings, Manifest, PromptName, Settings } from '@nx-fleet/core';
import { AFFECTED_VARIABLE } from '../settings/range-of-run.js';
import { agentFileInputs, agentVersionInput, settingsInput, type Input } from './stage-key.js';

/** What Nx hashes unless told otherwise: every external dependency. Agents read none of them. */
export const NO_EXTERNAL_DEPENDENCIES: Input = { externalDependencies: [] };
/** `--again` has everything done again. */
export const ROUND: Input = { json: '{projectRoot}/issue.json', fields: ['round'] };

/** What an agent's stage reads of the options: its own settings, its prompt, the agent itself. */
export function agentInputs(stage: AgentStageSettings, prompt: PromptName, settings: Settings): Input[] {
  const override = settings.prompts === undefined ? [] : [`{workspaceRoot}/${settings.prompts}/${prompt}.md`];
  return [...override, settingsInput(stage, prompt), agentVersionInput(stage), ...agentFileInputs(stage), NO_EXTERNAL_DEPENDENCIES];
}

type TargetMetadata = NonNullable<TargetConfiguration['metadata']>;

export interface CachedTarget {
  readonly executor: string;
  readonly options?: Record<string, string>;
  readonly dependsOn?: NonNullable<TargetConfiguration['dependsOn']>;
  readonly inputs: readonly Input[];
  readonly metadata: TargetMetadata;
}

export function cachedTarget({ project }: Manifest, name: string, { inputs, ...target }: CachedTarget): TargetConfiguration {
  return { cache: true, outputs: [outputOf(project, name)], inputs: [...inputs, { env: AFFECTED_VARIABLE }], ...target };
}

export function outputOf(project: string, target: string): string {
  return `{workspaceRoot}/.nx-fleet/out/${project}/${target}`;
}

export function cheapTarget(executor: string, dependsOn: readonly string[], description: string): TargetConfiguration {
  return {
    executor: `nx-fleet:${executor}`,
    cache: false,
    dependsOn: [...dependsOn],
    inputs: [NO_EXTERNAL_DEPENDENCIES],
    metadata: describe(description),
  };
}

/** Targets that run, say what is wrong, and fail: nothing is taken from the cache for them, and nothing is done before them. */
export function failingTargets(targets: Readonly<Record<string, TargetConfiguration>>): Record<string, TargetConfiguration> {
  return Object.fromEntries(
    Object.entries(targets).map(([name, target]) => {
      const inputs = target.cache === true ? [NO_EXTERNAL_DEPENDENCIES] : (target.inputs ?? []);
      return [name, { ...target, cache: false, dependsOn: [], inputs }];
    }),
  );
}

export function describe(description: string): TargetMetadata {
  return { description, technologies: ['nx-fleet'] };
}
