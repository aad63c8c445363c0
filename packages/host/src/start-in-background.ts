import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { allowedEnvironment, type BackgroundCommand, type ProcessIdentity } from '@nx-fleet/core';
import { startDetached } from './start-detached.js';

const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

/** Starts Node on a module of nx-fleet that continues when we end. It finds the same registry as we do, and gets nothing else that is not allowed. */
export async function startInBackground(
  { module, args, cwd, passEnv, logFile }: BackgroundCommand,
  env: Readonly<Record<string, string>>,
): Promise<ProcessIdentity> {
  await mkdir(path.dirname(logFile), { recursive: true });
  const log = await open(logFile, O_WRONLY | O_CREAT | O_TRUNC | (O_NOFOLLOW ?? 0), 0o600);
  try {
    return await startDetached({
      args: [module, ...args],
      cwd,
      env: allowedEnvironment(env, ['NX_FLEET_HOME', ...passEnv]),
      output: log.fd,
    });
  } finally {
    await log.close();
  }
}
