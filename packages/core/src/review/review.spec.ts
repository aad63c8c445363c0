import { aFinding } from './finding.contract.js';
import { reviewAnswerSchema } from './review.js';

const approval = { verdict: 'approve', summary: '', findings: [] };
const accepts = (answer: unknown): boolean => reviewAnswerSchema.safeParse(answer).success;

describe('reviewAnswerSchema', () => {
  it('takes an approval without findings, and no request for changes without one', () => {
    expect(accepts(approval)).toBe(true);
    expect(accepts({ ...approval, verdict: 'request-changes' })).toBe(false);
    expect(accepts({ ...approval, verdict: 'request-changes', findings: [aFinding()] })).toBe(true);
  });

  it.each([
    ['a severity of its own making', { severity: 'blocker' }],
    ['a category of its own making', { category: 'style' }],
    ['no category', { category: undefined }],
    ['more than a finding', { approved: true }],
    ['a line that is no number', { startLine: '3' }],
  ])('takes no finding with %s', (_, change) => {
    expect(accepts({ ...approval, findings: [{ ...aFinding(), ...change }] })).toBe(false);
  });
});
