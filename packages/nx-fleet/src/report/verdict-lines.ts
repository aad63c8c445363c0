import { count, blockingCount, describeChecks, describeUnread, place, printableLine, type Verdict } from '@nx-fleet/core';

/** A verdict for the terminal, one line per finding. Untrusted text is made printable. */
export function verdictLines(verdict: Verdict): readonly string[] {
  const unread = describeUnread(verdict.unread ?? []);
  return [
    ...verdict.reviewers.flatMap(({ reviewer, verdict: statements, summary, ungrounded }) => [
      `${reviewer}: ${statements}. ${printableLine(summary, 300)}`,
      ...ungrounded.map((remark) => `${mark(remark)}  ${printableLine(remark.title, 160)}  (names no place in the change)`),
    ]),
    ...verdict.findings.map(
      (finding) => `${mark(finding)}  ${place(finding)}  ${printableLine(finding.title, 160)}  [${finding.reviewers.join(', ')}]`,
    ),
    ...checkLines(verdict),
    ...(unread === null ? [] : [unread]),
    verdict.verdict === 'approve'
      ? 'Verdict: approved'
      : `Verdict: changes requested, ${count(blockingCount(verdict), 'blocking finding')}`,
  ];
}

/** Quiet when all have passed. */
function checkLines({ checks }: Verdict): readonly string[] {
  if (checks === undefined || (checks.length > 0 && checks.every(({ outcome }) => outcome === 'passed'))) return [];
  return [`Checks: ${printableLine(describeChecks(checks), 300)}`];
}

function mark({ blocking, dismissed, severity }: Pick<Verdict['findings'][number], 'blocking' | 'dismissed' | 'severity'>): string {
  return `${dismissed === undefined ? weight(blocking) : 'silent'}  ${severity.padEnd(8)}`;
}

function weight(blocking: boolean): string {
  return blocking ? 'BLOCKS' : 'note  ';
}
