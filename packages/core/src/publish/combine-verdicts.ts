import { remember, type RememberedFinding } from './comment-state.js';
import { earlierNames, allFingerprints } from './earlier-names.js';
import { lastWord, type ReadReplies } from './read-replies.js';
import { compareFindings, type Dismissal, type ReportFinding, type ReviewReport } from './review-report.js';
import type { ChangesIndex } from '../changes/changes-artifact.js';
import { UserError } from '../errors/user-error.js';
import { nameFindings } from '../review/dismiss.js';
import { type Ignore, isExpired } from '../review/ignore-file.js';
import { unplacedNote } from '../review/sarif.js';
import { isUnexplained, type Verdict } from '../review/verdict.js';
import { type GateSettings, type JudgeContext, judgeReviews } from '../stages/gate/gate-change.js';
import { requireReviews, type ReviewsContext } from '../stages/review/require-reviews.js';
import { describeReviewed } from '../stages/review/review-project.js';

export interface ReportSources {
  /** Each project that the change touches and its verdict on it; null where there is none. */
  readonly verdicts: ReadonlyMap<string, Verdict | null>;
  /** Projects that the change touches and that no reviewer is asked about. */
  readonly skipped: readonly string[];
  /** What the comment on the pull request remembers. */
  readonly known: readonly RememberedFinding[];
  readonly ignores: readonly Ignore[];
  readonly replies: ReadReplies;
  readonly now: Date;
}

/** The verdicts on all projects that a change touches, as one report. */
export function combineVerdicts(sources: ReportSources): ReviewReport {
  const { verdicts, skipped, known, ignores, replies, now } = sources;
  const valid = [...verdicts].flatMap(([project, verdict]) => (verdict === null ? [] : [{ project, verdict }]));
  const missing = [...verdicts.keys()].filter((project) => verdicts.get(project) === null);
  const named = valid.flatMap(({ project, verdict }) => findingsOf(project, verdict));
  const earlier = earlierNames(named.map(remember), known);
  const dismissalOf = dismissals(sources);
  const findings = named.map((finding, index) => weigh({ ...finding, earlier: earlier[index] ?? [] }, dismissalOf));
  const present = new Set(findings.flatMap(allFingerprints));
  const names = new Set(findings.map(({ fingerprint }) => fingerprint));
  const gone = known.filter(({ fingerprint }) => !present.has(fingerprint));
  const isOpen = ({ project, resolved }: RememberedFinding): boolean => !resolved && missing.includes(project);
  const unexplained = valid.filter(({ verdict }) => isUnexplained(verdict)).map(({ project }) => project);
  const unmatched = ignores.filter((ignore) => !names.has(ignore.fingerprint) && !isExpired(ignore, now));
  const blocks = findings.some(({ blocking }) => blocking) || missing.length > 0 || unexplained.length > 0;
  return {
    version: 1,
    verdict: blocks ? 'request-changes' : 'approve',
    findings: findings
      .filter((finding) => finding.category !== null || finding.blocking || finding.dismissal !== null)
      .toSorted(compareFindings),
    resolved: gone.filter((finding) => !isOpen(finding)).map((finding) => ({ ...finding, resolved: true })),
    unknown: gone.filter(isOpen),
    reviewed: valid.map(({ project }) => project),
    missing,
    skipped,
    unread: valid.flatMap(({ verdict }) => verdict.unread ?? []),
    unexplained,
    notes: findings.flatMap(({ category, blocking, reviewers, title }) =>
      category === null && !blocking ? [unplacedNote(reviewers.join(', '), title)] : [],
    ),
    ignores: {
      expired: ignores.filter((ignore) => isExpired(ignore, now)).map(({ fingerprint }) => fingerprint),
      unmatched: unmatched.map(({ fingerprint }) => fingerprint),
    },
    refusedReplies: replies.refused.filter(({ fingerprint }) => present.has(fingerprint) && lastWord(replies, [fingerprint]) === null),
  };
}

/** Of one verdict, as if nothing had been dismissed: what is in it may be old. */
function findingsOf(project: string, verdict: Verdict): readonly ReportFinding[] {
  const { findings, remarks } = nameFindings(verdict, project);
  return [
    ...findings.map(({ fingerprint, finding }) => ({ ...finding, project, fingerprint, earlier: [], dismissal: null })),
    ...remarks.map(({ fingerprint, reviewer, remark }) => ({
      ...remark,
      project,
      fingerprint,
      earlier: [],
      category: null,
      confidence: 0,
      body: '',
      recommendation: '',
      endLine: remark.startLine,
      reviewers: [reviewer],
      statements: [],
      dismissal: null,
    })),
  ];
}

/** The ignore file counts by the name that a finding has now, as for the gate, which knows no other; a reply by any that was shown on the pull request. */
function dismissals({ ignores, replies, now }: ReportSources): (finding: ReportFinding) => Dismissal | null {
  const entries = new Map(ignores.filter((ignore) => !isExpired(ignore, now)).map((ignore) => [ignore.fingerprint, ignore]));
  return (finding) => {
    const entry = entries.get(finding.fingerprint);
    if (entry !== undefined) {
      const { reason, by = null, expires } = entry;
      return { reason, by, from: 'file', expires };
    }
    const reply = lastWord(replies, allFingerprints(finding));
    return reply === null ? null : { ...reply, from: 'reply', expires: null };
  };
}

function weigh(finding: ReportFinding, dismissalOf: (finding: ReportFinding) => Dismissal | null): ReportFinding {
  const dismissal = dismissalOf(finding);
  return dismissal === null ? finding : { ...finding, dismissal, blocking: false };
}

/** What verdicts are reached with. */
export interface ChangesContext extends JudgeContext {
  readonly host: ReviewsContext['host'] & JudgeContext['host'];
  /** Whose reviews count, and what blocks. */
  readonly gate: Pick<GateSettings, 'reviewers' | 'blockOn'>;
}

/**
 * The verdict on each project that a change touches, with nothing dismissed; null where a review is missing, or is of another change. It is reached
 * again, from the reviews and by the current settings: a verdict that lies there may be of another time.
 */
export async function judgeChanges(
  { projects }: ChangesIndex,
  { git, host, gate, isJudge }: ChangesContext,
): Promise<ReadonlyMap<string, Verdict | null>> {
  const verdicts = new Map<string, Verdict | null>();
  for (const change of projects) {
    try {
      const { project } = change;
      const reviews = await requireReviews(gate.reviewers, describeReviewed(change), { host, project });
      verdicts.set(project, await judgeReviews(reviews, { project, blockOn: gate.blockOn, ignores: [] }, { git, host, isJudge }));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      verdicts.set(change.project, null);
    }
  }
  return verdicts;
}
