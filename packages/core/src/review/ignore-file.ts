import { z } from 'zod';
import { dismiss } from './dismiss.js';
import { fingerprintSchema } from './finding-fingerprint.js';
import type { Verdict } from './verdict.js';
import type { ChangeRange } from '../changes/change-range.js';
import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { printableLine } from '../text/printable.js';

/** At the root of the workspace, committed. */
export const IGNORE_FILE = 'nx-fleet-ignore.json';
/** Nothing is dismissed for longer than that, in days. */
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

const ignoreSchema = z.strictObject({
  fingerprint: fingerprintSchema.describe('12 hex digits, as the comment on the pull request and review.md show them'),
  reason: z.string().regex(/\S/, 'expected a reason').describe('why it is not a fault here; shown where the finding would have been'),
  expires: z.iso.date().describe('the last day on which it counts (UTC), at most a year ahead'),
  by: z.string().optional().describe('who answers for it'),
});

/** Findings that a team has decided to live with. */
export const ignoreFileSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  findings: z.array(ignoreSchema).max(1_000),
});

export type Ignore = z.infer<typeof ignoreSchema>;

/**
 * The entries of an ignore file; none where there is no file.
 * @throws UserError when it is not one, names a finding twice, or dismisses one for longer than a year
 */
export function parseIgnores(text: string | null, now: Date): readonly Ignore[] {
  if (text === null) return [];
  const parsed = ignoreFileSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : ` at "${printableLine(issue.path.map(String).join('.'), 60)}"`;
    throw new UserError(`"${IGNORE_FILE}" is not valid${at}: ${printableLine(issue?.message ?? '')}. Fix it, or remove the entry.`);
  }
  const { findings } = parsed.data;
  const latest = new Date(now.getTime() + MAX_DAYS * DAY_MS).toISOString().slice(0, 10);
  for (const [index, { fingerprint, expires }] of findings.entries()) {
    if (findings.findIndex((other) => other.fingerprint === fingerprint) !== index)
      throw new UserError(`"${IGNORE_FILE}" names "${fingerprint}" twice. Keep one of the entries.`);
    if (expires > latest)
      throw new UserError(
        `"${IGNORE_FILE}" dismisses "${fingerprint}" until ${expires}. Give a day within a year: ${latest} at the latest.`,
      );
  }
  return findings;
}

/** Whether an entry has stopped counting. */
export function isExpired({ expires }: Pick<Ignore, 'expires'>, now: Date): boolean {
  return expires < now.toISOString().slice(0, 10);
}

export interface IgnoreRules {
  /** Whose verdict it is. */
  readonly project: string;
  readonly ignores: readonly Ignore[];
  readonly now: Date;
}

/** The verdict with what the entries dismiss marked so, and `blocking` and `verdict` worked out again. Entries that have expired silence nothing. */
export function applyIgnores(verdict: Verdict, { project, ignores, now }: IgnoreRules): Verdict {
  const reasons = new Map(ignores.filter((ignore) => !isExpired(ignore, now)).map(({ fingerprint, reason }) => [fingerprint, reason]));
  return dismiss(verdict, project, (fingerprint) => reasons.get(fingerprint) ?? null);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`"${IGNORE_FILE}" is not JSON: ${printableLine(error.message)}. Fix it, or delete the file.`, { cause: error });
  }
}

export interface IgnoresContext {
  readonly git: Pick<Git, 'readFile' | 'defaultBranch' | 'isAncestor'>;
  readonly host: Pick<Host, 'now'>;
}

/**
 * The entries of the ignore file that hold for a change: those of its base, as a change must not dismiss what is found in it; its own, once it is
 * on the default branch. A base whose file is not valid dismisses nothing, so that a change can repair it.
 * @throws UserError when the file of the change is not valid
 */
export async function agreedIgnores({ base, head }: ChangeRange, { git, host }: IgnoresContext): Promise<readonly Ignore[]> {
  const read = async (commit: string): Promise<readonly Ignore[]> => parseIgnores(await git.readFile(commit, IGNORE_FILE), host.now());
  const own = await read(head);
  const branch = await git.defaultBranch();
  if (branch !== null && (await git.isAncestor(head, branch))) return own;
  try {
    return await read(base);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
