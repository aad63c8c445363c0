import { createHash } from 'node:crypto';
import type { Settings } from '@nx-fleet/core';
import type { GraphSettings } from './read-settings.js';

const VARIABLE = 'NX_FLEET_SETTINGS_OF_RUN';

/** Remembers, for all tasks of an Nx command, which options it has begun with. */
export function rememberSettings({ settings, isFaulty }: GraphSettings, env: NodeJS.ProcessEnv): void {
  env[VARIABLE] = isFaulty ? 'faulty' : digest(settings);
}

/** Whether the options are still those that the Nx command has begun with; true where nothing was remembered. */
export function areSettingsOfRun(settings: Settings, env: NodeJS.ProcessEnv): boolean {
  const remembered = env[VARIABLE];
  return remembered === undefined || remembered === digest(settings);
}

function digest(settings: Settings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex');
}
