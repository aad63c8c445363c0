import { aFinding } from '../review/finding.contract.js';
import { findingFingerprints } from '../review/finding-fingerprint.js';
import type { Finding } from '../review/finding.js';
import { remember, type RememberedFinding } from './comment-state.js';
import { earlierNames, firstName, allFingerprints } from './earlier-names.js';

function remembered(...changes: readonly Partial<Finding>[]): readonly RememberedFinding[] {
  const findings = changes.map((change) => aFinding(change));
  const names = findingFingerprints(findings);
  return findings.map((finding, index) => remember({ ...finding, project: 'shop', fingerprint: names[index] ?? '', earlier: [] }));
}

const prints = (findings: readonly RememberedFinding[]): readonly string[] => findings.map(({ fingerprint }) => fingerprint);
const again = (findings: readonly RememberedFinding[], known: readonly RememberedFinding[]): readonly RememberedFinding[] => {
  const earlier = earlierNames(findings, known);
  return findings.map((finding, index) => ({ ...finding, earlier: [...(earlier[index] ?? [])] }));
};

describe('the names that a finding had', () => {
  it('are kept when it is said in other words, and in other words again', () => {
    const [first, second, third] = ['Null is not handled here', 'Null is not handled', 'Null is not handled ever'].map((title) =>
      remembered({ title }),
    );
    const now = again(third ?? [], again(second ?? [], first ?? []));
    expect(now.map(({ earlier }) => earlier)).toEqual([[...prints(first ?? []), ...prints(second ?? [])]]);
    expect(now.map(firstName)).toEqual(prints(first ?? []));
    const back = again(first ?? [], now);
    expect(back.map(allFingerprints)).toEqual([[...prints(second ?? []), ...prints(third ?? []), ...prints(first ?? [])]]);
  });

  it('are none for what was not there before', () => {
    const found = remembered({ title: 'The lock is never released' }, { file: 'src/other.ts' });
    expect(earlierNames(found, remembered({}))).toEqual([[], []]);
    expect(found.map(firstName)).toEqual(prints(found));
  });

  it('are none for what comes back graver, or in another project', () => {
    const known = remembered({ title: 'Null is not handled here', severity: 'medium' });
    const found = remembered({ severity: 'high' }, { severity: 'medium' });
    expect(earlierNames(found.slice(0, 1), known)).toEqual([[]]);
    const same = remembered({ severity: 'medium' }).map((one) => ({ ...one, earlier: [...prints(known)] }));
    expect(earlierNames(found.slice(0, 1), same)).toEqual([[]]);
    expect(earlierNames(remembered({ severity: 'low' }), same)).toEqual([prints(known)]);
    expect(earlierNames(found.slice(1), known)).toEqual([prints(known)]);
    expect(
      earlierNames(
        found.slice(1),
        known.map((one) => ({ ...one, project: 'web' })),
      ),
    ).toEqual([[]]);
  });

  it('are given once, to the one that is closest', () => {
    const known = remembered({ title: 'Null is not handled here', startLine: 10, endLine: 10 });
    const found = remembered(
      { title: 'Null not handled here', startLine: 12, endLine: 12 },
      { title: 'Null not handled here now', startLine: 10, endLine: 10 },
    );
    expect(earlierNames(found, known)).toEqual([[], prints(known)]);
  });

  it('are no longer those of a finding when another one is called so', () => {
    const known = again(remembered({}), remembered({ title: 'Null is not handled here' }));
    const found = remembered({}, { title: 'Null is not handled here' });
    expect(known.map(({ earlier }) => earlier.length)).toEqual([1]);
    expect(again(found, known).map(firstName)).toEqual(prints(found));
  });

  it('keep the first one, however many there are', () => {
    const names = Array.from({ length: 30 }, (_, index) => index.toString(16).padStart(12, '0'));
    const known = remembered({ title: 'Null is not handled here' }).map((one) => ({ ...one, earlier: names }));
    const [kept = []] = earlierNames(remembered({}), known);
    expect(kept).toHaveLength(20);
    expect([kept[0], kept[1], kept.at(-2)]).toEqual([names[0], names[12], names[29]]);
  });

  it('stay with a finding that is still there', () => {
    const known = remembered({});
    const found = remembered({}, { title: 'Null is not handled here' });
    expect(earlierNames(found, known)).toEqual([[], []]);
  });
});
