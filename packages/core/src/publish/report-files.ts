import { firstName } from './earlier-names.js';
import type { ReviewReport } from './review-report.js';
import type { Severity } from '../review/finding.js';
import { renderSarifLog, type SarifFinding, unplacedNote } from '../review/sarif.js';
import { printable, printableLine } from '../text/printable.js';

/** All findings of all projects as one SARIF log; what was dismissed is suppressed, with the reason. */
export function renderReportSarif({ findings, notes, verdict }: ReviewReport): Record<string, unknown> {
  const placed = findings.flatMap(({ category, dismissal, ...finding }): SarifFinding[] =>
    category === null
      ? []
      : [{ ...finding, fingerprint: firstName(finding), category, ...(dismissal === null ? {} : { dismissed: dismissal.reason }) }],
  );
  const unplaced = findings.flatMap(({ category, reviewers, title }) =>
    category === null ? [unplacedNote(reviewers.join(', '), title)] : [],
  );
  return renderSarifLog({ findings: placed, notes: [...unplaced, ...notes], properties: { verdict } });
}

const SEVERITY: Readonly<Record<Severity, string>> = { critical: 'blocker', high: 'critical', medium: 'major', low: 'minor' };

/** GitLab's Code Quality report (docs.gitlab.com/ci/testing/code_quality): what names a place, without what was dismissed. */
export function renderCodeQuality({ findings }: Pick<ReviewReport, 'findings'>): readonly Record<string, unknown>[] {
  return findings
    .filter(({ dismissal, category, file }) => dismissal === null && category !== null && file !== '')
    .map(({ severity, category, title, body, file, startLine, endLine, ...names }) => ({
      description: printableLine(title) || '-',
      check_name: `nx-fleet/${category}`,
      fingerprint: firstName(names),
      severity: SEVERITY[severity],
      content: { body: printable(body) },
      location: { path: file, lines: { begin: Math.max(1, startLine), end: Math.max(1, startLine, endLine) } },
    }));
}
