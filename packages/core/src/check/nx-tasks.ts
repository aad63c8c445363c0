import { z } from 'zod';
import { parseJson } from '../text/parse-json.js';

/** Names the file in which our plugin, in the Nx of a check, notes how many tasks that Nx has run. */
export const TASKS_VARIABLE = 'NX_FLEET_TASKS_FILE';

const noteSchema = z.strictObject({ tasks: z.int().min(0) });

/** One line for one run of Nx. */
export function tasksNote(tasks: number): string {
  return `${JSON.stringify({ tasks } satisfies z.infer<typeof noteSchema>)}\n`;
}

export interface NxEvidence {
  /** The program and its arguments. */
  readonly words: readonly string[];
  /** What was noted during the check. */
  readonly notes: string;
  readonly stdout: string;
}

/** Whether a check that ended well was Nx alone, and ran no task. */
export function ranNoTask({ words, notes, stdout }: NxEvidence): boolean {
  const runs = notes.split('\n').flatMap((line) => noteSchema.safeParse(parseJson(line)).data ?? []);
  if (runs.length > 0) return runs.every(({ tasks }) => tasks === 0);
  return words.some(isNx) && saysNoTasks(stdout);
}

function isNx(word: string): boolean {
  return /(?:^|[\\/])nx(?:@[\w.-]+|\.js)?$/.test(word);
}

/** For a branch whose workspace does not load our plugin. Nx 22, 23 and 24 write this line, and nothing that a program reads. */
function saysNoTasks(stdout: string): boolean {
  return stdout.split(/\r?\n/).some((line) => /^\s*(?:NX\s+)?No tasks were run\s*$/.test(line));
}
