import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '@nx-fleet/core';
import { bootId, pidNamespace } from './proc-source.js';
import { processSource } from './process-source.js';

let here: string | undefined;

/** Place, process id and start of the process that something belongs to, for its name. */
const TAG = /^([0-9a-f]{6})-(\d+)-([0-9a-f]{6})$/;

/** Where process ids mean what they mean to this process. Containers of one machine have the same boot id, and namespaces of their own. */
export function processPlace(): string {
  return (here ??= [hostname(), bootId(), pidNamespace()].join('/'));
}

/** Identity of a running process; `startedAt` is null where the system does not tell it. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: processSource.startOf(pid), place: processPlace() };
}

/** Whether a process can be looked at from here. */
export function isVisible({ place }: ProcessIdentity): boolean {
  return place === undefined || place === processPlace();
}

/** True if that process of this place still runs, not another one with its id. */
export function isProcessAlive({ pid, startedAt }: Omit<ProcessIdentity, 'place'>, source = processSource): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !answers(pid) || source.isDead(pid)) return false;
  const actual = startedAt === null ? null : source.startOf(pid);
  return actual === null || actual === startedAt;
}

export function ownProcessTag(): string {
  const { pid, startedAt } = identifyProcess(process.pid);
  return `${digest(processPlace())}-${pid}-${digest(startedAt ?? '')}`;
}

/** Whether its process ran here and has ended. Of other containers and machines nothing is known here. */
export function isTagOfEndedProcess(tag: string): boolean {
  const [, place, id, start] = TAG.exec(tag) ?? [];
  if (place === undefined || place !== digest(processPlace())) return false;
  const { pid, startedAt } = identifyProcess(Number(id));
  return !isProcessAlive({ pid, startedAt: null }) || digest(startedAt ?? '') !== start;
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
