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
export interface Complaint {
  /** What it is about: `issue-42`, a path, a database's name. */
  readonly subject: string;
  readonly reason: string;
  /** What repairs it: `undo`, `finish`, `release`, `remove`; `advise` when only a user can; `note` when it may well be in order. */
  readonly remedy: 'undo' | 'finish' | 'release' | 'remove' | 'advise' | 'note';
  /** Repairs it; absent for an advice. */
  readonly mend?: () => Promise<void>;
}

export interface ComplaintReport {
  readonly subject: string;
  readonly reason: string;
  readonly remedy: Complaint['remedy'];
  readonly outcome: 'mended' | 'would-mend' | 'needs-you' | 'noted' | 'failed';
  /** Why repairing failed. */
  readonly error?: string;
}

/** Holds registry, manifests, git, databases and disk against each other. Changes nothing. */
export async function examineFleet(context: ExamineContext): Promise<readonly Complaint[]> {
  const parts = {
    claims: examineClaims,
    manifests: examineManifests,
    databases: examineDatabases,
    disk: examineDisk,
    'other repositories': examineAbsentRepositories,
  };
  const complaints: Complaint[] = [];
  for (const [subject, examine] of Object.entries(parts)) {
    // One part that cannot be looked at hides none of the others.
    complaints.push(...(await examine(context).catch((error: unknown): readonly Complaint[] => [unexamined(subject, error)])));
  }
  return complaints;
}

function unexamined(subject: string, error: unknown): Complaint {
  return { subject, reason: `could not be examined: ${messageOf(error)}`, remedy: 'advise' };
}

function messageOf(error: unknown): string {
  return printableLine(error instanceof Error ? error.message : String(error), MAX_REASON);
}

/** Complaints that were there at both looks: what is just being made or removed is none. The second look's are the ones to repair. */
export function lastingComplaints(first: readonly Complaint[], second: readonly Complaint[]): readonly Complaint[] {
  const seen = new Set(first.map(keyOf));
  return second.filter((complaint) => seen.has(keyOf(complaint)));
}

/** Repairs what can be repaired without losing anybody's work; a second call finds nothing to repair. One failure does not stop the others. */
export async function mendFleet(
  complaints: readonly Complaint[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly ComplaintReport[]> {
  const reports: ComplaintReport[] = [];
  for (const { subject, reason, remedy, mend } of complaints) {
    const report = { subject: printableLine(subject), reason: printableLine(reason, MAX_REASON), remedy };
    if (mend === undefined) reports.push({ ...report, outcome: remedy === 'note' ? 'noted' : 'needs-you' });
    else if (dryRun) reports.push({ ...report, outcome: 'would-mend' });
    else reports.push(await mended(report, mend));
  }
  return reports;
}

async function mended(report: Omit<ComplaintReport, 'outcome'>, mend: () => Promise<void>): Promise<ComplaintReport> {
  try {
    await mend();
    return { ...report, outcome: 'mended' };
  } catch (error) {
    return { ...report, outcome: 'failed', error: error instanceof UserError ? error.message : messageOf(error) };
  }
}

function keyOf({ subject, reason }: Complaint): string {
  return `${subject}\n${reason}`;
}
