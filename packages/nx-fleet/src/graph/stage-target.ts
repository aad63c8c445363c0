import type { TargetConfiguration } from '@nx/devkit';
import type { Settings, Stage } from '@nx-fleet/core';
import { agentFileInputs, agentVersionInput, settingsInput, type Input } from './stage-key.js';

/** What Nx hashes unless told otherwise: every external dependency. Agents read none of them. */
const NO_EXTERNAL_DEPENDENCIES: Input = { externalDependencies: [] };

/** What a stage reads of the options: its own settings, its prompt, the agent itself. */
export function optionsInputs(stage: Stage, agent: string, all: Settings): readonly Input[] {
  if (stage.prompt === null) return [settingsInput(stage.settings(all, agent), null), NO_EXTERNAL_DEPENDENCIES];
  const settings = stage.settings(all, agent);
  const override = all.prompts === undefined ? [] : [`{workspaceRoot}/${all.prompts}/${stage.prompt}.md`];
  return [
    ...override,
    settingsInput(settings, stage.prompt),
    agentVersionInput(settings),
    ...agentFileInputs(settings),
    NO_EXTERNAL_DEPENDENCIES,
  ];
}

/** One that acts on this machine, or only enforces something. */
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

export function describe(description: string): NonNullable<TargetConfiguration['metadata']> {
  return { description, technologies: ['nx-fleet'] };
}
