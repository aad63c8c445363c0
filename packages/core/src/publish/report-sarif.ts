import { renderSarifLog, unplacedNote, type SarifFinding } from '../review/sarif.js';
import { firstName } from './earlier-names.js';
import type { ReviewReport } from './review-report.js';

/** All findings of all projects as one SARIF log; what was dismissed is suppressed, with the reason. */
export function renderReportSarif({ findings, notes, verdict }: ReviewReport): Record<string, unknown> {
  const placed = findings.flatMap(({ lens, dismissal, ...finding }): SarifFinding[] =>
    lens === null
      ? []
      : [{ ...finding, fingerprint: firstName(finding), lens, ...(dismissal === null ? {} : { dismissed: dismissal.reason }) }],
  );
  const unplaced = findings.flatMap(({ lens, reviewers, title }) => (lens === null ? [unplacedNote(reviewers.join(', '), title)] : []));
  return renderSarifLog({ findings: placed, notes: [...unplaced, ...notes], properties: { verdict } });
}
