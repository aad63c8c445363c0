import { createHash } from 'node:crypto';
import { identifyProcess, isProcessAlive, processPlace } from './process-identity.js';

/** Place, process id and start of the process that something belongs to, for its name. */
const TAG = /^([0-9a-f]{6})-(\d+)-([0-9a-f]{6})$/;

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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
