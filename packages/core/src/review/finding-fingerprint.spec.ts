import { aFinding } from './finding.contract.js';
import { findingFingerprints, fingerprintSchema, type Identity } from './finding-fingerprint.js';

function names(...changes: readonly Partial<Identity>[]): readonly string[] {
  return findingFingerprints(changes.map((change) => ({ ...aFinding(), ...change })));
}

describe('the fingerprint of a finding', () => {
  it('is 12 hex digits, the same ones on every machine', () => {
    expect(names({})).toEqual(['8307e06f1413']);
    expect(fingerprintSchema.safeParse(names({ title: '', file: '' })[0]).success).toBe(true);
  });

  it('stays when only letter case and marks of its title change', () => {
    expect(names({ title: 'null IS not handled.' })).toEqual(names({}));
  });

  it('differs by category, file and words, and between twins', () => {
    const all = names({}, { category: 'security' }, { category: null }, { file: 'src/b.ts' }, { title: 'Null is handled' }, {}, {});
    expect(new Set(all).size).toBe(7);
    expect(names({ file: 'a', title: 'b c' })).not.toEqual(names({ file: 'a b', title: 'c' }));
  });
});
