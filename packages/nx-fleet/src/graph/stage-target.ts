import { type AgentStageSettings, type PromptName, type Settings, type Stage, STAGE_VERSION } from '@nx-fleet/core';
import type { TargetConfiguration } from '@nx/devkit';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROMPTS_DIRECTORY } from '../prompts.js';

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

/** One entry of an Nx target's `inputs`. */
export type Input = NonNullable<TargetConfiguration['inputs']>[number];

const SETTINGS_COMMAND = 'echo nx-fleet-settings-';

/**
 * The options that a stage reads, and the prompt that ships with us, as one input.
 * Target options would be the natural place, but Nx hashes the options of all targets of a project into each of its tasks: another model
 * for the reviewer would build everything again. An input counts for its own target only.
 */
function settingsInput(settings: object, prompt: PromptName | null): Input {
  const shipped = prompt === null ? null : readFileSync(join(PROMPTS_DIRECTORY, `${prompt}.md`), 'utf8');
  const digest = createHash('sha256')
    .update(JSON.stringify([STAGE_VERSION, settings, shipped]))
    .digest('hex');
  return { runtime: `${SETTINGS_COMMAND}${digest}` };
}

/** Whether a runtime input's command is one of `settingsInput`. */
export function isSettingsInput(command: string): boolean {
  return command.startsWith(SETTINGS_COMMAND);
}

/** The agent's version as its own program tells it, on the PATH that it will be started from. */
function agentVersionInput({ definition }: AgentStageSettings): Input {
  const args = definition.type === 'command' ? definition.versionArgs : ['--version'];
  return { runtime: [definition.command, ...args].map(shellWord).join(' ') };
}

/** Files of the workspace that are part of a configured agent's program. */
function agentFileInputs({ definition }: AgentStageSettings): Input[] {
  return definition.type === 'command' ? definition.files.map((file) => `{workspaceRoot}/${file}`) : [];
}

/** Nx runs runtime inputs in a shell. */
function shellWord(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
