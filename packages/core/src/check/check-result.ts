import { z } from 'zod';
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
