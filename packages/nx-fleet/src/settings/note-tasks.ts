import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TASKS_VARIABLE, tasksNote } from '@nx-fleet/core';

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
