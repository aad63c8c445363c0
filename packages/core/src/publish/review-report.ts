import type { Category } from '../review/finding.js';
import { SEVERITIES } from '../review/finding.js';
import type { Verdict } from '../review/verdict.js';
import type { UnreadFile } from '../review/unread-files.js';
import type { RememberedFinding } from './comment-state.js';
import type { RefusedReply } from './read-replies.js';

/** Why a finding does not count. */
export interface Dismissal {
  readonly reason: string;
  /** Who answers for it, where that is known. */
  readonly by: string | null;
  readonly from: 'file' | 'reply';
  /** The last day on which it counts; null for ever. */
  readonly expires: string | null;
}

/** A finding of the report; one through no category is a remark that names no place in the change. */
export interface ReportFinding extends Omit<Verdict['findings'][number], 'category' | 'dismissed'> {
  readonly project: string;
  readonly fingerprint: string;
  /** The fingerprints that it had in earlier reviews of the same pull request, in other words, oldest first. */
  readonly earlier: readonly string[];
  readonly category: Category | null;
  readonly dismissal: Dismissal | null;
}

/** What all reviewers of all projects that a change touches say together. */
export interface ReviewReport {
  readonly version: 1;
  readonly verdict: Verdict['verdict'];
  /** What blocks first, then by weight; what was dismissed last. */
  readonly findings: readonly ReportFinding[];
  /** What was found before and is found no more. */
  readonly resolved: readonly RememberedFinding[];
  /** What was found before in projects that have no valid verdict now. */
  readonly unknown: readonly RememberedFinding[];
  /** Projects with a verdict on this change. */
  readonly reviewed: readonly string[];
  /** Projects that the change touches and whose verdict is missing, or is on another change. */
  readonly missing: readonly string[];
  /** Projects that the change touches and that no reviewer is asked about. */
  readonly skipped: readonly string[];
  /** Files whose lines no reviewer got, or not all of them. */
  readonly unread: readonly UnreadFile[];
  /** Projects of which a reviewer asks for changes without a word why. */
  readonly unexplained: readonly string[];
  /** Remarks that name no place in the change and do not block, in words. */
  readonly notes: readonly string[];
  readonly ignores: {
    /** Fingerprints of entries that count no longer. */
    readonly expired: readonly string[];
    /** Fingerprints of the other entries that match no finding of this change. */
    readonly unmatched: readonly string[];
  };
  readonly refusedReplies: readonly RefusedReply[];
}

/** Findings that block. */
export function blockingFindings({ findings }: Pick<ReviewReport, 'findings'>): readonly ReportFinding[] {
  return findings.filter(({ blocking }) => blocking);
}

/** What blocks first, then what does not, then what was dismissed; each by severity, confidence and place. */
export function compareFindings(one: ReportFinding, other: ReportFinding): number {
  return (
    Number(one.dismissal !== null) - Number(other.dismissal !== null) ||
    Number(other.blocking) - Number(one.blocking) ||
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    other.confidence - one.confidence ||
    compare(one.file, other.file) ||
    one.startLine - other.startLine ||
    compare(one.fingerprint, other.fingerprint)
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
