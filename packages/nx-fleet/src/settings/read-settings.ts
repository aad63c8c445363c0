import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, UserError, type Settings, type SettingsSource } from '@nx-fleet/core';

/** Beside nx.json. Options that stand here are hashed by just the targets that read them; nx.json is in every task's hash. */
const SETTINGS_FILE = 'nx-fleet.json';
export const PLUGIN_NAME = 'nx-fleet/plugin';

/** The workspace's options, from nx.json and nx-fleet.json. @throws UserError */
export function readSettings(workspaceRoot: string): Settings {
  return parseSettings([pluginOptions(readJson(join(workspaceRoot, 'nx.json'))), settingsFile(workspaceRoot)]);
}

/** The options as Nx hands them to the plugin, with those of nx-fleet.json. @throws UserError */
export function settingsFromOptions(workspaceRoot: string, options: unknown): Settings {
  return parseSettings([{ file: 'nx.json', value: options }, settingsFile(workspaceRoot)]);
}

function settingsFile(workspaceRoot: string): SettingsSource {
  return { file: SETTINGS_FILE, value: readJson(join(workspaceRoot, SETTINGS_FILE)) };
}

function pluginOptions(nxJson: unknown): SettingsSource {
  const plugins = isRecord(nxJson) && Array.isArray(nxJson['plugins']) ? nxJson['plugins'] : [];
  const ours = plugins.find((plugin) => isRecord(plugin) && plugin['plugin'] === PLUGIN_NAME) as Record<string, unknown> | undefined;
  return { file: 'nx.json', value: ours?.['options'] };
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`"${file}" is not valid JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
