import type { CommandDefinitionInput } from '../../settings/agent-definition.js';
import { copilot } from './copilot.js';
import { gemini } from './gemini.js';
import { opencode } from './opencode.js';

/** A `command` agent that ships with the product. */
export type AgentPreset = Omit<CommandDefinitionInput, 'type' | 'models' | 'files'>;

export const PRESET_NAMES = ['opencode', 'gemini', 'copilot'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const PRESETS: Readonly<Record<PresetName, AgentPreset>> = { opencode, gemini, copilot };

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}
