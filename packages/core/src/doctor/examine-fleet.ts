import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Settings } from '../settings/settings.js';
import { printableLine } from '../text/printable.js';
import type { RemovalAdapters } from '../worktree/plan-removal.js';
import { examineAbsentRepositories } from './absent-repositories.js';
import { examineClaims } from './examine-claims.js';
import { examineDatabases } from './examine-databases.js';
import { examineDisk } from './examine-disk.js';
import { examineManifests } from './examine-manifests.js';

/** The command that an advice ends with must not be cut off. */
const MAX_REASON = 1_000;

export interface ExamineContext {
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  /** Absolute path of the folder that holds the linked worktrees. */
  readonly worktreesDirectory: string;
  readonly adapters: RemovalAdapters;
  readonly onProgress: (line: string) => void;
}

/** Something that does not fit together, and what the doctor does about it. */
export interface Problem {
  /** What it is about: `issue-42`, a path, a database's name. */
  readonly subject: string;
  readonly reason: string;
  /** What repairs it: `undo`, `finish`, `release`, `remove`; `advise` when only a user can; `note` when it may well be in order. */
  readonly remedy: 'undo' | 'finish' | 'release' | 'remove' | 'advise' | 'note';
  /** Repairs it; absent for an advice. */
  readonly repair?: () => Promise<void>;
}

export interface ProblemReport {
  readonly subject: string;
  readonly reason: string;
  readonly remedy: Problem['remedy'];
  readonly outcome: 'repaired' | 'would-repair' | 'needs-you' | 'noted' | 'failed';
  /** Why repairing failed. */
  readonly error?: string;
}

/** Holds registry, manifests, git, databases and disk against each other. Changes nothing. */
export async function examineFleet(context: ExamineContext): Promise<readonly Problem[]> {
  const parts = {
    claims: examineClaims,
    manifests: examineManifests,
    databases: examineDatabases,
    disk: examineDisk,
    'other repositories': examineAbsentRepositories,
  };
  const problems: Problem[] = [];
  for (const [subject, examine] of Object.entries(parts)) {
    // One part that cannot be looked at hides none of the others.
    problems.push(...(await examine(context).catch((error: unknown): readonly Problem[] => [unexamined(subject, error)])));
  }
  return problems;
}

function unexamined(subject: string, error: unknown): Problem {
  return { subject, reason: `could not be examined: ${messageOf(error)}`, remedy: 'advise' };
}

function messageOf(error: unknown): string {
  return printableLine(error instanceof Error ? error.message : String(error), MAX_REASON);
}

/** Problems that were there at both looks: what is just being made or removed is none. The second look's are the ones to repair. */
export function lastingProblems(first: readonly Problem[], second: readonly Problem[]): readonly Problem[] {
  const seen = new Set(first.map(keyOf));
  return second.filter((problem) => seen.has(keyOf(problem)));
}

/** Repairs what can be repaired without losing anybody's work; a second call finds nothing to repair. One failure does not stop the others. */
export async function repairFleet(
  problems: readonly Problem[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly ProblemReport[]> {
  const reports: ProblemReport[] = [];
  for (const { subject, reason, remedy, repair } of problems) {
    const report = { subject: printableLine(subject), reason: printableLine(reason, MAX_REASON), remedy };
    if (repair === undefined) reports.push({ ...report, outcome: remedy === 'note' ? 'noted' : 'needs-you' });
    else if (dryRun) reports.push({ ...report, outcome: 'would-repair' });
    else reports.push(await repaired(report, repair));
  }
  return reports;
}

async function repaired(report: Omit<ProblemReport, 'outcome'>, repair: () => Promise<void>): Promise<ProblemReport> {
  try {
    await repair();
    return { ...report, outcome: 'repaired' };
  } catch (error) {
    return { ...report, outcome: 'failed', error: error instanceof UserError ? error.message : messageOf(error) };
  }
}

function keyOf({ subject, reason }: Problem): string {
  return `${subject}\n${reason}`;
}
