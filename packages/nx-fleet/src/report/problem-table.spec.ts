import type { ProblemReport } from '@nx-fleet/core';
import { problemTable } from './tables.js';

const report: ProblemReport = { subject: 'issue-42', reason: 'its creation was interrupted', remedy: 'undo', outcome: 'repaired' };
const row = (change: Partial<ProblemReport>): string => (problemTable([{ ...report, ...change }]).split('\n')[1] ?? '').trim();

describe('the table of problems', () => {
  it('says what, why, and what became of it', () => {
    expect(row({})).toMatch(/^issue-42 +its creation was interrupted +undo +repaired$/);
    expect(row({ outcome: 'would-repair' })).toMatch(/undo +would be repaired$/);
    expect(row({ outcome: 'needs-you', remedy: 'advise' })).toMatch(/interrupted +- +needs you$/);
    expect(row({ outcome: 'noted', remedy: 'note' })).toMatch(/interrupted +- +noted$/);
    expect(row({ outcome: 'failed', error: 'it is locked' })).toMatch(/interrupted; it is locked +undo +failed$/);
  });
});
