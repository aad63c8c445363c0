import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { ProcessIdentity } from '@nx-fleet/core';
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
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch (error) {
    // It has ended already, which is not a reason to fail.
    if ((error as { info?: { code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}
