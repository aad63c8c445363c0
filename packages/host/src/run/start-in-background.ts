import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { constants as system, setPriority } from 'node:os';
import path from 'node:path';
import { allowedEnvironment, type BackgroundCommand, type ProcessIdentity } from '@nx-fleet/core';
import { identifyProcess } from '@nx-fleet/system';

export interface DetachedNode {
  /** Arguments of Node itself. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Descriptor of what both its outputs go to. @default nowhere */
  readonly output?: number;
}

/** Starts Node in a session of its own and at the lowest priority: neither our end nor that of a run of nx-fleet ends it. */
export async function startDetached({ args, cwd, env, output }: DetachedNode): Promise<ProcessIdentity> {
  const to = output ?? 'ignore';
  const child = spawn(process.execPath, [...args], { cwd, env, detached: true, stdio: ['ignore', to, to] });
  const started = once(child, 'spawn');
  // Before the event loop turns, so that even a process that ends at once is still there to be looked at.
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity !== null) lowerPriority(identity.pid);
  child.unref();
  await started;
  if (identity === null) throw new Error(`Node has no process id in "${cwd}".`);
  return identity;
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, system.priority.PRIORITY_LOW);
  } catch (error) {
    // It has ended already, which is not a reason to fail.
    if ((error as { info?: { code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}

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
