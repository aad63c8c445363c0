import { randomUUID } from 'node:crypto';

const VARIABLE = 'NX_FLEET_COMMAND';

/** Gives an Nx command a name that all of its tasks on this machine know. */
export function rememberRun(env: NodeJS.ProcessEnv): void {
  env[VARIABLE] = randomUUID();
}

/** The name of the Nx command that a task belongs to; null where nothing was remembered. */
export function runOf(env: NodeJS.ProcessEnv): string | null {
  return env[VARIABLE] ?? null;
}
