import { type Settings, TASKS_VARIABLE, tasksNote } from '@nx-fleet/core';
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** Notes how many tasks an Nx command has run, where a check of nx-fleet wants to know it. A note that cannot be written fails no command. */
export function noteTasks(tasks: number, env: NodeJS.ProcessEnv): void {
  const file = env[TASKS_VARIABLE];
  if (file === undefined || file === '') return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, tasksNote(tasks));
  } catch (error) {
    process.stderr.write(`nx-fleet cannot note the tasks of this command: ${String(error)}\n`);
  }
}

const RUN_VARIABLE = 'NX_FLEET_COMMAND';

/** Gives an Nx command a name that all of its tasks on this machine know. */
export function rememberRun(env: NodeJS.ProcessEnv): void {
  env[RUN_VARIABLE] = randomUUID();
}

/** The name of the Nx command that a task belongs to; null where nothing was remembered. */
export function runOf(env: NodeJS.ProcessEnv): string | null {
  return env[RUN_VARIABLE] ?? null;
}
