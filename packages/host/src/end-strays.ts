import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInside, marksOf, processIds, isProcessAlive } from '@nx-fleet/system';
import { deadMarks } from './run-mark.js';

const GIVE_UP_MS = 3_000;
const POLL_MS = 25;

/** A reader's folder in the temporary one. */
const SCRATCH = /^nx-fleet-[0-9a-f]{6}-\d+-[0-9a-f]{6}-[A-Za-z0-9]{6}(?:\/|$)/;

/**
 * Ends the runs that were started in a folder, or where readers work, and whose own process was killed, with all that they started. Only Linux shows them.
 * @returns how many processes there were
 */
export async function endStrays(directory: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const root = await realpath(directory);
  const temporary = await realpath(tmpdir());
  const isOurs = (folder: string): boolean => isInside(folder, root) || SCRATCH.test(path.relative(temporary, folder));
  const dead = [...new Set(processIds().map(marksOf))].flatMap(deadMarks);
  const marks = new Set(dead.filter(({ folder }) => isOurs(folder)).map(({ mark }) => mark));
  const ended = new Set<number>();
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let left = living(marks); left.length > 0 && performance.now() < giveUpAt; left = living(marks)) {
    left.forEach((pid) => ended.add(pid) && kill(pid));
    await sleep(POLL_MS);
  }
  return ended.size;
}

function living(marks: ReadonlySet<string>): readonly number[] {
  if (marks.size === 0) return [];
  return processIds().filter((pid) => {
    const joined = marksOf(pid).split('/');
    return pid !== process.pid && joined.some((mark) => marks.has(mark)) && isProcessAlive({ pid, startedAt: null });
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
