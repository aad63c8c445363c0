import { randomUUID } from 'node:crypto';
import type { ProcessIdentity } from '@nx-fleet/core';
import { identifyProcess, isProcessAlive } from './process-identity.js';

let self: ProcessIdentity | undefined;

/** A unique text for one run, which tells the process that started it: `4711@<start>@<uuid>`. Marks of runs inside runs are joined by a slash. */
export function newRunMark(): string {
  self ??= identifyProcess(process.pid);
  return [self.pid, self.startedAt ?? '', randomUUID()].join('@');
}

/** Those of the joined marks whose process was ended before it could end its run. */
export function deadMarks(joined: string): readonly string[] {
  return joined.split('/').filter((mark) => {
    const [pid, startedAt, id] = mark.split('@');
    return id !== undefined && !isProcessAlive({ pid: Number(pid), startedAt: startedAt || null });
  });
}
