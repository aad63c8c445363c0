import { SEVERITIES, type Finding } from './finding.js';
import type { ReviewAnswer } from './review.js';
import { compareClaims } from './same-claim.js';

/** What one reviewer said about a change that it was shown in parts. A request for changes in one of them is one for all. */
export function joinAnswers(answers: readonly ReviewAnswer[]): ReviewAnswer {
  const [first] = answers;
  if (first !== undefined && answers.length === 1) return first;
  return {
    verdict: answers.some(({ verdict }) => verdict === 'request-changes') ? 'request-changes' : 'approve',
    summary: [
      `Reviewed in ${answers.length} parts, as it is larger than a context window.`,
      ...answers.map(({ summary }, index) => `Part ${index + 1}: ${summary.trim()}`),
    ].join(' '),
    findings: withoutRepeats(answers.flatMap(({ findings }, part) => findings.map((finding) => ({ finding, part })))),
  };
}

/** Who was shown one part may have looked at the others: of what is said about the same lines again, the graver stays. */
function withoutRepeats(findings: readonly { readonly finding: Finding; readonly part: number }[]): Finding[] {
  const gravest = findings.toSorted((one, other) => SEVERITIES.indexOf(one.finding.severity) - SEVERITIES.indexOf(other.finding.severity));
  const kept: (typeof gravest)[number][] = [];
  for (const given of gravest) {
    const isRepeated = kept.some(({ finding, part }) => part !== given.part && compareClaims(finding, given.finding)?.gapLines === 0);
    if (!isRepeated) kept.push(given);
  }
  return kept.map(({ finding }) => finding);
}
