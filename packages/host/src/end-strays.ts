import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { marksOf, processIds } from './process-group.js';
import { isInside, processLink } from './process-link.js';
import { readProcessStat } from './process-stat.js';
import { deadMarks } from './run-mark.js';

const GIVE_UP_MS = 3_000;
const POLL_MS = 25;

/** Ends the runs that work in a folder and whose own process was killed, with all that they started. Only Linux shows them. @returns how many processes there were */
export async function endStrays(directory: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const root = await realpath(directory);
  const marks = new Set(
    processIds()
      // A container's process ids say nothing here.
      .filter((pid) => processLink(pid, 'ns/pid') === processLink(process.pid, 'ns/pid') && isInside(processLink(pid, 'cwd'), root))
      .flatMap((pid) => deadMarks(marksOf(pid))),
  );
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
    return pid !== process.pid && joined.some((mark) => marks.has(mark)) && readProcessStat(pid)?.isDead === false;
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
