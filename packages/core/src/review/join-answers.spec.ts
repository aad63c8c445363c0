import { aFinding } from './finding.contract.js';
import type { Finding } from './finding.js';
import { joinAnswers } from './join-answers.js';
import type { ReviewAnswer } from './review.js';

const answer = (findings: Finding[] = []): ReviewAnswer => ({
  verdict: findings.length === 0 ? 'approve' : 'request-changes',
  summary: findings.length === 0 ? 'Fine. ' : 'No.',
  findings,
});

describe('the answers to the parts of a change', () => {
  it('are the answer where there is one part', () => {
    const only = answer([aFinding(), aFinding()]);
    expect(joinAnswers([only])).toBe(only);
  });

  it('ask for changes if one of them does, and say how it was read', () => {
    expect(joinAnswers([answer(), answer([aFinding()])])).toEqual({
      verdict: 'request-changes',
      summary: 'Reviewed in 2 parts, as it is larger than a context window. Part 1: Fine. Part 2: No.',
      findings: [aFinding()],
    });
    expect(joinAnswers([answer(), answer()]).verdict).toBe('approve');
  });

  it.each<readonly [Finding['severity'], Finding['severity']]>([
    ['low', 'critical'],
    ['critical', 'low'],
  ])('say the same twice: of %s and %s the graver stays', (first, second) => {
    const { findings } = joinAnswers([answer([aFinding({ severity: first })]), answer([aFinding({ severity: second })])]);
    expect(findings).toEqual([aFinding({ severity: 'critical' })]);
  });

  it('drop nothing for the sake of what is dropped itself', () => {
    const [first, wide, last] = [aFinding(), aFinding({ startLine: 1, endLine: 100 }), aFinding({ startLine: 90, endLine: 90 })];
    expect(joinAnswers([answer([first]), answer([wide]), answer([last])]).findings).toEqual([first, last]);
  });

  it('keep what one part says of two places, and what two parts say of places beside each other', () => {
    const [here, beside] = [aFinding(), aFinding({ startLine: 14, endLine: 14 })];
    expect(joinAnswers([answer([here, here]), answer()]).findings).toEqual([here, here]);
    expect(joinAnswers([answer([here]), answer([beside])]).findings).toEqual([here, beside]);
  });
});
