import { aFinding, aReview } from './finding.contract.js';
import { reachVerdict, storedVerdictSchema } from './verdict.js';

describe('reachVerdict', () => {
  it('approves when nobody has found anything', () => {
    expect(reachVerdict([aReview(), aReview({ reviewer: 'claude' })], 'low')).toMatchObject({
      verdict: 'approve',
      findings: [],
      tree: 'a'.repeat(40),
    });
  });

  it.each([
    ['critical', 'critical', 'request-changes'],
    ['high', 'critical', 'approve'],
    ['high', 'high', 'request-changes'],
    ['critical', 'medium', 'request-changes'],
    ['medium', 'high', 'approve'],
    ['low', 'low', 'request-changes'],
    ['critical', 'none', 'approve'],
  ] as const)('with a finding of severity %s and blockOn %s: %s', (severity, blockOn, verdict) => {
    expect(reachVerdict([aReview({ findings: [aFinding({ severity })] })], blockOn).verdict).toBe(verdict);
  });

  it('blocks on a finding though its reviewer says that it approves', () => {
    const { verdict, findings } = reachVerdict([aReview({ verdict: 'approve', findings: [aFinding()] })], 'high');
    expect([verdict, findings[0]?.blocking]).toEqual(['request-changes', true]);
  });

  it('blocks on a request for changes whose findings name no place in the change', () => {
    const unplaced = aReview({ verdict: 'request-changes', ungrounded: 1 });
    expect(reachVerdict([aReview({ reviewer: 'claude' }), unplaced], 'critical').verdict).toBe('request-changes');
    expect(reachVerdict([unplaced], 'none').verdict).toBe('approve');
  });

  it('is not appeased by a small finding beside one whose place and severity are lost', () => {
    const review = aReview({ verdict: 'request-changes', findings: [aFinding({ severity: 'low' })], ungrounded: 1 });
    expect(reachVerdict([review], 'high').verdict).toBe('request-changes');
  });

  it('lets an approval with unplaced remarks pass', () => {
    expect(reachVerdict([aReview({ ungrounded: 2 })], 'high').verdict).toBe('approve');
  });

  it('is what is stored as verdict.json', () => {
    const verdict = reachVerdict([aReview({ findings: [aFinding()] })], 'high');
    const stored = { ...verdict, spec: '0' };
    expect(storedVerdictSchema.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });
});
