import { aFinding } from '../review/finding.contract.js';
import { findingFingerprints } from '../review/finding-fingerprint.js';
import type { Finding } from '../review/finding.js';
import { remember, type RememberedFinding } from './comment-state.js';
import { keepFingerprints } from './keep-fingerprints.js';

function remembered(...changes: readonly Partial<Finding>[]): readonly RememberedFinding[] {
  const findings = changes.map((change) => aFinding(change));
  const names = findingFingerprints(findings);
  return findings.map((finding, index) => remember({ ...finding, project: 'shop', fingerprint: names[index] ?? '' }));
}

const prints = (findings: readonly RememberedFinding[]): readonly string[] => findings.map(({ fingerprint }) => fingerprint);

describe('keepFingerprints', () => {
  it('gives a finding that is said in other words the name that it had', () => {
    const known = remembered({ title: 'Null is not handled here' });
    const found = remembered({ title: 'Null is not handled' });
    expect(prints(found)).not.toEqual(prints(known));
    expect(keepFingerprints(found, known)).toEqual(prints(known));
  });

  it('leaves the name of what was not there before', () => {
    const found = remembered({ title: 'The lock is never released' }, { file: 'src/other.ts' });
    expect(keepFingerprints(found, remembered({}))).toEqual(prints(found));
  });

  it('gives a name once, to the one that is closest', () => {
    const known = remembered({ title: 'Null is not handled here', startLine: 10, endLine: 10 });
    const found = remembered(
      { title: 'Null not handled here', startLine: 12, endLine: 12 },
      { title: 'Null not handled here now', startLine: 10, endLine: 10 },
    );
    const kept = keepFingerprints(found, known);
    expect(kept).toEqual([prints(found)[0], prints(known)[0]]);
  });

  it('takes no name from a finding that is still there', () => {
    const known = remembered({});
    const found = remembered({}, { title: 'Null is not handled here' });
    expect(keepFingerprints(found, known)).toEqual(prints(found));
  });
});
