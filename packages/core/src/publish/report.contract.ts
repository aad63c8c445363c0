import { aFinding, aReview } from '../review/finding.contract.js';
import type { Finding, Severity } from '../review/finding.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import type { Ignore } from '../review/ignore-file.js';
import { combineVerdicts, type ReportSources } from './combine-verdicts.js';
import type { ReviewReport } from './review-report.js';

/** A verdict of one reviewer on findings, for specs. */
export function verdictOn(findings: readonly Partial<Finding>[], blockOn: Severity | 'none' = 'high'): Verdict {
  return reachVerdict([aReview({ findings: findings.map((finding) => aFinding(finding)) })], blockOn);
}

/** A report on verdicts by project, for specs. */
export function reportOn(verdicts: Readonly<Record<string, Verdict | null>>, change: Partial<ReportSources> = {}): ReviewReport {
  return combineVerdicts({
    verdicts: new Map(Object.entries(verdicts)),
    skipped: [],
    known: [],
    ignores: [],
    replies: { words: new Map(), refused: [] },
    now: new Date('2026-06-01T12:00:00Z'),
    ...change,
  });
}

/** An entry of the ignore file, for specs. */
export function anIgnore(fingerprint: string, change: Partial<Ignore> = {}): Ignore {
  return { fingerprint, reason: 'It is meant so.', expires: '2026-12-31', ...change };
}
