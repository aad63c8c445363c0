import { z } from 'zod';
import { parseJson } from '../artifact/artifact-store.js';
import { count } from '../text/count.js';

/** `ran-nothing`: it ended well, but no task was run, which proves nothing. */
const outcome = z.enum(['passed', 'failed', 'ran-nothing']);

/** A check and its result, as other stages read it: equal for equal results. */
export const checkSchema = z.strictObject({
  /** As configured: `nx affected -t test --base={base}`. */
  command: z.string(),
  outcome,
});

export type Check = z.infer<typeof checkSchema>;

export interface CheckResult extends Check {
  /** `exit code 1`, `timed-out`, … */
  readonly ended: string;
  /** All output, without control characters and secrets. */
  readonly output: string;
  readonly durationMs: number;
}

const WORDS: Readonly<Record<Check['outcome'], string>> = { passed: 'passed', failed: 'failed', 'ran-nothing': 'ran nothing' };

/** Ends a sentence that begins with the check. */
export function outcomeText({ outcome }: Pick<Check, 'outcome'>): string {
  return WORDS[outcome];
}

/** All results in one line: `1 check passed, 1 ran nothing: "nx affected -t test"`. */
export function describeChecks(checks: readonly Check[]): string {
  if (checks.length === 0) return 'no checks are configured';
  const others = checks.filter((check) => check.outcome !== 'passed');
  const passed = checks.length - others.length;
  return [
    ...(passed === 0 ? [] : [`${count(passed, 'check')} passed`]),
    ...others.map((check) => `1 ${passed === 0 ? 'check ' : ''}${outcomeText(check)}: "${check.command}"`),
  ].join(', ');
}

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
export function hasRunNoTask({ words, notes, stdout }: NxEvidence): boolean {
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
