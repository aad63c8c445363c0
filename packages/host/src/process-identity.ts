import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '@nx-fleet/core';
import { processLink } from './process-link.js';
import { readProcessStat } from './process-stat.js';

let here: string | undefined;

/** Where process ids mean what they mean to this process. Containers of one machine have the same boot id, and namespaces of their own. */
export function processPlace(): string {
  return (here ??= [hostname(), bootId(), processLink(process.pid, 'ns/pid')].join('/'));
}

/** Identity of a running process; `startedAt` is null where the system does not tell it. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: readStart(pid), place: processPlace() };
}

/** Whether a process can be looked at from here. */
export function isVisible({ place }: ProcessIdentity): boolean {
  return place === undefined || place === processPlace();
}

/** True if that process of this place still runs, not another one with its id. */
export function isProcessAlive({ pid, startedAt }: Omit<ProcessIdentity, 'place'>): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !answers(pid)) {
    return false;
  }
  if (process.platform === 'linux' && readProcessStat(pid)?.isDead === true) {
    return false;
  }
  const actual = startedAt === null ? null : readStart(pid);
  return actual === null || actual === startedAt;
}

function readStart(pid: number): string | null {
  if (process.platform === 'linux') {
    const stat = readProcessStat(pid);
    return stat === null ? null : `${bootId()}:${stat.startTicks}`;
  }
  return process.platform === 'win32' ? null : startByPs(pid);
}

/** Ticks count from boot: without it, a process of today could pass for one before a restart. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** For macOS and BSD. */
function startByPs(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
  });
  const start = status === 0 ? stdout.trim() : '';
  return start === '' ? null : start;
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
