import { randomUUID } from 'node:crypto';
import { parseTarget, STAGES } from '@nx-fleet/core';

/** In the key of each stage of an issue, and another one for each `nx affected`: what such a command leaves out is a hit for no other. */
export const AFFECTED_VARIABLE = 'NX_FLEET_AFFECTED';

/** In the key of each fix: a command that asks for a review alone asks for none, though others may wait for the delivery. */
export const REVIEW_ONLY_VARIABLE = 'NX_FLEET_REVIEW_ONLY';

/** What an Nx command compares, which Nx itself tells no task. */
export interface RangeOfRun {
  readonly base: string | null;
  readonly head: string | null;
}

const FLAGS = [
  ['base', 'NX_FLEET_BASE', 'NX_BASE'],
  ['head', 'NX_FLEET_HEAD', 'NX_HEAD'],
] as const;

/** Remembers `--base`, `--head`, and whether it is `nx affected`, for all tasks of an Nx command; without them what the command was started in says. */
export function rememberRange(argv: readonly string[], env: NodeJS.ProcessEnv): void {
  for (const [flag, variable] of FLAGS) {
    // A command that is started by a task of another one has a range of its own; Nx hands on to tasks what is set here, and not what is deleted.
    env[variable] = flagOf(argv, flag) ?? '';
  }
  // Before the command stand node and Nx itself.
  const command = argv.slice(2).find((word) => !word.startsWith('-'));
  env[AFFECTED_VARIABLE] = command === 'affected' ? randomUUID() : '';
  const names = wordsOf(argv).flatMap((word) => word.split(/[=,:]/));
  const asked = STAGES.filter(({ target }) => names.some((name) => parseTarget(name).stage === target));
  env[REVIEW_ONLY_VARIABLE] = asked.length > 0 && !asked.some(({ isOfFix }) => isOfFix === true) ? '1' : '';
}

/** Whether a command asks for stages of issues, and for no fix. */
export function isReviewOnly(env: NodeJS.ProcessEnv): boolean {
  return (env[REVIEW_ONLY_VARIABLE] ?? '') !== '';
}

/** Whether a command asks for what a change touches. Issues are touched by no change; Nx takes them for it where `nx.json` or a lock file changed. */
export function isAffectedRun(env: NodeJS.ProcessEnv): boolean {
  return (env[AFFECTED_VARIABLE] ?? '') !== '';
}

/** @param defaultBase of nx.json */
export function rangeOfRun(env: NodeJS.ProcessEnv, defaultBase: string | undefined): RangeOfRun {
  const [base, head] = FLAGS.map(([, ours, nx]) => [env[ours], env[nx]].find((value) => value !== undefined && value !== ''));
  return { base: base ?? defaultBase ?? null, head: head ?? null };
}

/** Without what is handed on to tasks. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

function flagOf(argv: readonly string[], flag: string): string | null {
  const words = wordsOf(argv);
  const at = words.findLastIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
  const word = words[at];
  if (word === undefined) return null;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[at + 1] ?? null);
}
