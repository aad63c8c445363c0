import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import { parseSettings, type Settings, type SettingsSource } from '@nx-fleet/core';
import { isRecord, readJson, unlessFaulty } from './json-file.js';

/** Beside nx.json. Options that stand here are hashed by just the targets that read them; nx.json is in every task's hash. */
export const SETTINGS_FILE = 'nx-fleet.json';
export const PLUGIN_NAME = 'nx-fleet/plugin';

/** Whether nx.json names the plugin: without it Nx knows no project of an issue. */
export function isRegistered({ plugins = [] }: NxJsonConfiguration): boolean {
  return plugins.some((plugin) => (typeof plugin === 'string' ? plugin : plugin.plugin) === PLUGIN_NAME);
}

/** The workspace's options, from nx.json and nx-fleet.json. @throws UserError */
export function readSettings(workspaceRoot: string): Settings {
  return parseSettings([pluginOptions(readJson(join(workspaceRoot, 'nx.json'))), settingsFile(workspaceRoot)]);
}

export interface GraphSettings {
  /** The options; where they have a fault, the defaults, with every review target, so that no pipeline passes without one. */
  readonly settings: Settings;
  readonly isFaulty: boolean;
}

/** The options as Nx hands them to the plugin, with those of nx-fleet.json. A fault in them ends the targets that need them, and no other. */
export function settingsFromOptions(workspaceRoot: string, options: unknown): GraphSettings {
  const settings = unlessFaulty(() => parseSettings([{ file: 'nx.json', value: options }, settingsFile(workspaceRoot)]));
  if (settings !== undefined) return { settings, isFaulty: false };
  const named = [options, unlessFaulty(() => settingsFile(workspaceRoot).value)]
    .map((value) => (isRecord(value) ? value['names'] : undefined))
    .find((names) => names !== undefined);
  const fallback = (names: unknown): Settings => parseSettings([{ file: 'nx.json', value: { names, review: { projects: ['*'] } } }]);
  return { settings: unlessFaulty(() => fallback(named)) ?? fallback(undefined), isFaulty: true };
}

function settingsFile(workspaceRoot: string): SettingsSource {
  return { file: SETTINGS_FILE, value: readJson(join(workspaceRoot, SETTINGS_FILE)) };
}

function pluginOptions(nxJson: unknown): SettingsSource {
  const plugins = isRecord(nxJson) && Array.isArray(nxJson['plugins']) ? nxJson['plugins'] : [];
  const ours = plugins.find((plugin) => isRecord(plugin) && plugin['plugin'] === PLUGIN_NAME) as Record<string, unknown> | undefined;
  return { file: 'nx.json', value: ours?.['options'] };
}
