import type { ProblemReport } from '@nx-fleet/core';
import { table } from './table.js';

const OUTCOMES: Readonly<Record<ProblemReport['outcome'], string>> = {
  repaired: 'repaired',
  'would-repair': 'would be repaired',
  'needs-you': 'needs you',
  noted: 'noted',
  failed: 'failed',
};

/** What did not fit together, why, and what became of it. */
export function problemTable(reports: readonly ProblemReport[]): string {
  const rows = reports.map(({ subject, reason, remedy, outcome, error }) => [
    subject,
    error === undefined ? reason : `${reason}; ${error}`,
    remedy === 'advise' || remedy === 'note' ? '-' : remedy,
    OUTCOMES[outcome],
  ]);
  return table(['About', 'Reason', 'Remedy', 'Outcome'], rows);
}
