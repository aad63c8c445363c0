import { z } from 'zod';
import { SEVERITIES } from '../../review/finding.js';
import { printableLine } from '../../text/printable.js';

const MAX_REQUESTS_PER_ROUND = 20;

const requestSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  path: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  body: z.string(),
});

const checkSchema = z.strictObject({
  /** The number of the check that the issue asks for, or 0 for one of the agent's own. */
  number: z.number(),
  check: z.string(),
  passed: z.boolean(),
  seen: z.string(),
  /** Numbers of the exchanges that show it. */
  evidence: z.array(z.number()),
  severity: z.enum(SEVERITIES),
  file: z.string(),
});

const answerSchema = z.strictObject({
  requests: z.array(requestSchema),
  checks: z.array(checkSchema),
  summary: z.string(),
});

export type E2eAnswer = z.infer<typeof answerSchema>;
export type E2eRequest = E2eAnswer['requests'][number];

export interface Trial {
  /** How many checks the issue asks for. */
  readonly required: number;
  /** How many exchanges there have been. */
  readonly exchanges: number;
  readonly isLastRound: boolean;
}

/** An answer at one point of a trial: more requests; or, without any, a result for each check, each with an exchange that shows it. */
export function answerAt(trial: Trial): z.ZodType<E2eAnswer> {
  return answerSchema.superRefine((answer, context) => {
    const fault = answer.requests.length > 0 ? faultOfRequests(answer, trial) : faultOfChecks(answer, trial);
    if (fault !== null) context.addIssue({ code: 'custom', ...fault });
  });
}

interface Fault {
  readonly path: string[];
  readonly message: string;
}

function faultOfRequests({ requests }: E2eAnswer, { isLastRound }: Trial): Fault | null {
  const path = ['requests'];
  if (isLastRound) return { path, message: 'no further request is sent: judge by what was seen' };
  if (requests.length > MAX_REQUESTS_PER_ROUND) return { path, message: `at most ${MAX_REQUESTS_PER_ROUND} at once` };
  const astray = requests.find((request) => !isPath(request.path));
  return astray === undefined ? null : { path, message: `"${astray.path}" is not a path of the app, such as "/items?page=2"` };
}

/** Nothing but the app itself is asked, whatever the words are. */
function isPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path) && URL.canParse(path, 'http://app') && new URL(path, 'http://app').origin === 'http://app';
}

function faultOfChecks({ checks }: E2eAnswer, { required, exchanges }: Trial): Fault | null {
  const path = ['checks'];
  if (checks.length === 0) return { path, message: 'name what was checked, or the requests to send first' };
  const missing = Array.from({ length: required }, (_, index) => index + 1).find(
    (number) => checks.filter((check) => check.number === number).length !== 1,
  );
  if (missing !== undefined) return { path, message: `check ${missing} needs exactly one result` };
  if (checks.some(({ number }) => !Number.isInteger(number) || number < 0 || number > required)) {
    const others =
      required === 0 ? 'the issue lists no checks: each number is 0' : `a number is one of the issue's checks (1 to ${required}), or 0`;
    return { path, message: others };
  }
  const isExchange = (number: number): boolean => Number.isInteger(number) && number >= 1 && number <= exchanges;
  const bare = checks.find(({ evidence }) => evidence.length === 0 || !evidence.every(isExchange));
  if (bare === undefined) return null;
  return { path, message: `"${bare.check}" needs evidence: numbers of exchanges that were made (there are ${exchanges})` };
}

const MAX_CHECKS = 50;
const MAX_CHARACTERS = 300;
const TASK_ITEM = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s+(.+)$/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(.+)$/;
const HEADING = /^#{1,6}\s+(.+)$/;
const ACCEPTANCE = /\b(?:acceptance|done when|definition of done|expected behaviou?r)\b/i;

/** What an issue says that must hold: its task list, else the list under a heading such as "Done when"; empty when it says neither. */
export function acceptanceChecks(spec: string): readonly string[] {
  const lines = spec.split(/\r?\n/);
  const tasks = lines.flatMap((line) => TASK_ITEM.exec(line)?.[1] ?? []);
  return (tasks.length > 0 ? tasks : itemsOfSection(lines)).slice(0, MAX_CHECKS).map((text) => printableLine(text, MAX_CHARACTERS));
}

function itemsOfSection(lines: readonly string[]): readonly string[] {
  let isInside = false;
  return lines.flatMap((line) => {
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) isInside = ACCEPTANCE.test(heading);
    return isInside && heading === undefined ? (ITEM.exec(line)?.[1] ?? []) : [];
  });
}
