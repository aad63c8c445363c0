import { aFinding, aReview } from './finding.contract.js';
import { SEVERITIES, type Dropped, type Finding, type Severity } from './finding.js';
import type { Review } from './review.js';
import { blockingCount, reachVerdict, storedVerdictSchema } from './verdict.js';

const BLOCK_ON = [...SEVERITIES, 'none'] as const;
const RANK: Readonly<Record<string, number>> = { low: 1, medium: 2, high: 3, critical: 4, none: 5 };

function aDropped(severity: Severity): Dropped {
  return { severity, title: 'Elsewhere', file: 'src/other.ts', startLine: 1 };
}

interface Opinion {
  readonly verdict: Review['verdict'];
  readonly placed: Severity | null;
  readonly unplaced: Severity | null;
}

/** Every way in which a reviewer can judge: its word, the severity of what it finds in the change, and of what it finds elsewhere. */
const OPINIONS: readonly Opinion[] = (['approve', 'request-changes'] as const).flatMap((verdict) =>
  [null, ...SEVERITIES].flatMap((placed) => [null, ...SEVERITIES].map((unplaced) => ({ verdict, placed, unplaced }))),
);

function review(reviewer: string, { verdict, placed, unplaced }: Opinion): Review {
  const findings = placed === null ? [] : [aFinding({ severity: placed, title: `From ${reviewer}` })];
  return aReview({ reviewer, verdict, findings, ungrounded: unplaced === null ? [] : [aDropped(unplaced)] });
}

/** The rule as the documentation says it, in other words than the code. */
function blocks({ verdict, placed, unplaced }: Opinion, blockOn: string): boolean {
  if (blockOn === 'none') return false;
  const reaches = (severity: Severity | null): boolean => severity !== null && (RANK[severity] ?? 0) >= (RANK[blockOn] ?? 9);
  if (reaches(placed)) return true;
  return verdict === 'request-changes' && (reaches(unplaced) || (placed === null && unplaced === null));
}

describe('reachVerdict', () => {
  it('approves when nobody has found anything', () => {
    expect(reachVerdict([aReview(), aReview({ reviewer: 'claude' })], 'low')).toMatchObject({
      verdict: 'approve',
      findings: [],
      tree: 'a'.repeat(40),
    });
  });

  it.each(BLOCK_ON)('with blockOn %s blocks exactly for what is as severe, whoever says it', (blockOn) => {
    const wrong: unknown[] = [];
    for (const one of OPINIONS) {
      const alone = reachVerdict([review('codex', one)], blockOn).verdict === 'request-changes';
      if (alone !== blocks(one, blockOn)) wrong.push(one);
      for (const other of OPINIONS) {
        const together = reachVerdict([review('codex', one), review('claude', other)], blockOn).verdict === 'request-changes';
        if (together !== (blocks(one, blockOn) || blocks(other, blockOn))) wrong.push([one, other]);
      }
    }
    expect([OPINIONS.length, wrong]).toEqual([50, []]);
  });

  it.each(BLOCK_ON)('with blockOn %s marks exactly what blocks', (blockOn) => {
    const findings = SEVERITIES.map((severity) => aFinding({ severity, title: severity }));
    const ungrounded = SEVERITIES.map(aDropped);
    for (const verdict of ['approve', 'request-changes'] as const) {
      const reached = reachVerdict([aReview({ verdict, findings, ungrounded })], blockOn);
      const expected = SEVERITIES.filter((severity) => (RANK[severity] ?? 0) >= (RANK[blockOn] ?? 9));
      const objections = verdict === 'approve' ? [] : expected;
      const blocking = (all: readonly { readonly severity: Severity; readonly blocking: boolean }[]): readonly Severity[] =>
        all.filter((one) => one.blocking).map(({ severity }) => severity);
      expect(blocking(reached.findings)).toEqual(expected);
      expect(blocking(reached.reviewers.flatMap((reviewer) => reviewer.ungrounded))).toEqual(objections);
      expect(blockingCount(reached)).toBe(expected.length + objections.length);
    }
  });

  it.each(BLOCK_ON)('counts a fact of the diff as a finding, with blockOn %s', (blockOn) => {
    const fact = aFinding({ severity: 'medium', confidence: 1 });
    const { verdict, findings } = reachVerdict([aReview()], blockOn, [fact]);
    expect(findings).toMatchObject([{ reviewers: ['nx-fleet'], confidence: 1 }]);
    expect(verdict).toBe(blockOn === 'medium' || blockOn === 'low' ? 'request-changes' : 'approve');
  });

  it('does not hide a grave opinion behind a mild one on the same', () => {
    const say = (reviewer: string, change: Partial<Finding>): Review => aReview({ reviewer, findings: [aFinding(change)] });
    const reached = reachVerdict(
      [say('codex', { severity: 'low', confidence: 1 }), say('claude', { severity: 'critical', confidence: 0.1 })],
      'critical',
    );
    expect(reached).toMatchObject({ verdict: 'request-changes', findings: [{ severity: 'critical', reviewers: ['claude', 'codex'] }] });
  });

  it('is what is stored as verdict.json', () => {
    const verdict = reachVerdict([aReview({ findings: [aFinding()], ungrounded: [aDropped('low')] })], 'high');
    const stored = { ...verdict, spec: '0' };
    expect(storedVerdictSchema.parse(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });
});
