import { aFinding, aReview } from './finding.contract.js';
import { findingFingerprints } from './finding-fingerprint.js';
import { applyIgnores, parseIgnores, type Ignore } from './ignore-file.js';
import { reachVerdict, verdictSchema } from './verdict.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const [NAME = ''] = findingFingerprints([aFinding()]);
const ENTRY = { fingerprint: NAME, reason: 'It is meant so.', expires: '2026-12-31' };

function file(...findings: readonly object[]): string {
  return JSON.stringify({ version: 1, findings });
}

function ignore(change: Partial<Ignore> = {}): readonly Ignore[] {
  return [{ ...ENTRY, ...change }];
}

describe('the ignore file', () => {
  it('dismisses findings by fingerprint, with a reason and a last day', () => {
    expect(parseIgnores(file({ ...ENTRY, by: 'ada' }), NOW)).toEqual([{ ...ENTRY, by: 'ada' }]);
  });

  it('dismisses nothing where there is none', () => {
    expect(parseIgnores(null, NOW)).toEqual([]);
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['no version', '{"findings":[]}', 'at "version"'],
    ['no reason', file({ ...ENTRY, reason: ' ' }), 'at "findings.0.reason": expected a reason'],
    ['no last day', file({ fingerprint: NAME, reason: 'x' }), 'at "findings.0.expires"'],
    ['a last day that is none', file({ ...ENTRY, expires: '2026-02-30' }), 'at "findings.0.expires"'],
    ['another fingerprint', file({ ...ENTRY, fingerprint: '*' }), 'expected 12 hex digits'],
    ['a key that it does not know', file({ ...ENTRY, expire: '2026-12-31' }), '"expire"'],
    ['a finding twice', file(ENTRY, ENTRY), 'twice'],
    ['a dismissal for more than a year', file({ ...ENTRY, expires: '2027-06-03' }), '2027-06-02 at the latest'],
  ])('is refused in one line with %s', (_, text, fault) => {
    const parse = (): unknown => parseIgnores(text, NOW);
    expect(parse).toThrow(fault);
    expect(parse).toThrow(/^"nx-fleet-ignore\.json" [^\n]+$/);
  });
});

describe('applyIgnores', () => {
  const blocked = reachVerdict([aReview({ verdict: 'request-changes', findings: [aFinding()] })], 'high');

  it('keeps what is dismissed, with the reason, and lets it block no more', () => {
    const verdict = applyIgnores(blocked, { project: 'shop', ignores: ignore(), now: NOW });
    expect(verdict).toMatchObject({
      verdict: 'approve',
      findings: [{ title: 'Null is not handled', blocking: false, dismissed: ENTRY.reason }],
    });
    expect(verdictSchema.safeParse(verdict).success).toBe(true);
  });

  it('leaves another finding alone', () => {
    expect(applyIgnores(blocked, { project: 'shop', ignores: ignore({ fingerprint: 'a'.repeat(12) }), now: NOW })).toEqual(blocked);
  });

  it.each([
    ['2026-06-01', 'approve'],
    ['2026-05-31', 'request-changes'],
  ])('of an entry that counts until %s says %s', (expires, verdict) => {
    expect(applyIgnores(blocked, { project: 'shop', ignores: ignore({ expires }), now: NOW }).verdict).toBe(verdict);
  });

  it('dismisses a remark that names no place in the change, too', () => {
    const remark = { severity: 'high', title: 'Elsewhere', file: 'x.ts', startLine: 1 } as const;
    const [fingerprint = ''] = findingFingerprints([{ ...remark, category: null, project: 'shop' }]);
    const verdict = reachVerdict([aReview({ verdict: 'request-changes', ungrounded: [remark] }), aReview({ reviewer: 'claude' })], 'high');
    expect(verdict.verdict).toBe('request-changes');
    expect(applyIgnores(verdict, { project: 'shop', ignores: ignore({ fingerprint }), now: NOW })).toMatchObject({
      verdict: 'approve',
      reviewers: [{ ungrounded: [{ blocking: false, dismissed: ENTRY.reason }] }, { ungrounded: [] }],
    });
  });

  it('takes back what an earlier run has dismissed, and does not trust what stands there', () => {
    const forged = {
      ...blocked,
      verdict: 'approve' as const,
      findings: blocked.findings.map((one) => ({ ...one, blocking: false, dismissed: 'x' })),
    };
    expect(applyIgnores(forged, { project: 'shop', ignores: [], now: NOW })).toEqual(blocked);
  });

  it('dismisses no word that was not said', () => {
    const mute = reachVerdict([aReview({ verdict: 'request-changes' })], 'high');
    expect(applyIgnores(mute, { project: 'shop', ignores: ignore(), now: NOW }).verdict).toBe('request-changes');
  });
});
