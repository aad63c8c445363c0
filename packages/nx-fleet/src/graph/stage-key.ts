import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { STAGE_VERSION, type AgentStageSettings, type PromptName } from '@nx-fleet/core';
import { PROMPTS_DIRECTORY } from '../prompts.js';

/** One entry of an Nx target's `inputs`. */
export type Input = NonNullable<TargetConfiguration['inputs']>[number];

const SETTINGS_COMMAND = 'echo nx-fleet-settings-';

/**
 * The options that a stage reads, and the prompt that ships with us, as one input.
 * Target options would be the natural place, but Nx hashes the options of all targets of a project into each of its tasks: another model
 * for the reviewer would build everything again. An input counts for its own target only.
 */
export function settingsInput(settings: object, prompt: PromptName | null): Input {
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
export function agentVersionInput({ definition }: AgentStageSettings): Input {
  const args = definition.type === 'command' ? definition.versionArgs : ['--version'];
  return { runtime: [definition.command, ...args].map(shellWord).join(' ') };
}

/** Files of the workspace that are part of a configured agent's program. */
export function agentFileInputs({ definition }: AgentStageSettings): Input[] {
  return definition.type === 'command' ? definition.files.map((file) => `{workspaceRoot}/${file}`) : [];
}

/** Nx runs runtime inputs in a shell. */
function shellWord(word: string): string {
  return /^[\w./:@=-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
