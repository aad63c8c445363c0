import { parseSettings, printableLine, type Settings, type SettingsSource, UserError } from '@nx-fleet/core';
import type { NxJsonConfiguration } from '@nx/devkit';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

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

/** No file of options and no manifest comes near it. */
const MAX_BYTES = 1_000_000;

/** A file's text without a byte order mark; undefined where there is none. @throws UserError when it cannot be read */
export function readText(file: string): string | undefined {
  try {
    if (statSync(file).size > MAX_BYTES) throw new UserError(`"${file}" is larger than ${MAX_BYTES} bytes.`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`"${file}" cannot be read (${code}). Change its owner or mode, or replace it.`, { cause: error });
  }
}

/** A file's content; undefined where there is none. @throws UserError when it cannot be read, or is not JSON */
export function readJson(file: string): unknown {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`"${file}" is not valid JSON: ${printableLine(reason, 200)}`, { cause: error });
  }
}

/** What `read` returns; undefined where a file is at fault: the program that it belongs to reports that. */
export function unlessFaulty<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
