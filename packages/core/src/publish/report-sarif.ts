import { renderSarifLog, unplacedNote, type SarifFinding } from '../review/sarif.js';
import { firstName } from './earlier-names.js';
import type { ReviewReport } from './review-report.js';

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
