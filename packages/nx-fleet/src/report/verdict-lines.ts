import { place, printableLine, type Verdict } from '@nx-fleet/core';

/** A verdict for the terminal, one line per finding. Untrusted text is made printable. */
export function verdictLines(verdict: Verdict): readonly string[] {
  const blocking = verdict.findings.filter((finding) => finding.blocking).length;
  return [
    ...verdict.reviewers.map(({ reviewer, verdict: said, summary }) => `${reviewer}: ${said}. ${printableLine(summary, 300)}`),
    ...verdict.findings.map(
      (finding) =>
        `${finding.blocking ? 'BLOCKS' : 'note  '}  ${finding.severity.padEnd(8)}  ${place(finding)}  ${printableLine(finding.title, 160)}  [${finding.reviewers.join(', ')}]`,
    ),
    verdict.verdict === 'approve' ? 'Verdict: approved' : `Verdict: changes requested, ${blocking} blocking finding(s)`,
  ];
}
