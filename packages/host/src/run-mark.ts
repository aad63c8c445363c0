import { randomUUID } from 'node:crypto';
import { identifyProcess, isProcessAlive, pidNamespace } from '@nx-fleet/system';

/** What a mark tells of its run. */
export interface RunMark {
  readonly mark: string;
  /** The folder that the run was started in. */
  readonly folder: string;
}

/**
 * A unique text for one run, which tells the process that started it and the folder: `4711@<start>@<pid namespace>@<folder>@<uuid>`. Marks of runs
 * inside runs are joined by a slash, which therefore no part holds.
 * @param folder real path
 */
export function newRunMark(folder: string): string {
  const { pid, startedAt } = identifyProcess(process.pid);
  return [pid, startedAt ?? '', namespace(), encodeURIComponent(folder), randomUUID()].join('@');
}

/** Those of the joined marks whose process was ended before it could end its run. */
export function deadMarks(joined: string): readonly RunMark[] {
  return joined.split('/').flatMap((mark) => {
    const [pid, startedAt, place, folder, id] = mark.split('@');
    // A process id of another namespace, as in a sandbox, means nothing here.
    if (folder === undefined || id === undefined || place !== namespace()) return [];
    return isProcessAlive({ pid: Number(pid), startedAt: startedAt || null }) ? [] : [{ mark, folder: decodeURIComponent(folder) }];
  });
}

function namespace(): string {
  return pidNamespace().replace(/\D/g, '');
}
