import { agreementOf } from '../review/same-claim.js';
import type { RememberedFinding } from './comment-state.js';

/**
 * The fingerprints of findings after another review: one that was known keeps its own, though it comes back in other words or on other lines. Each
 * known one is found again at most once, those with the same fingerprint first, then the closest pairs.
 */
export function keepFingerprints(findings: readonly RememberedFinding[], known: readonly RememberedFinding[]): readonly string[] {
  const present = new Set(findings.map(({ fingerprint }) => fingerprint));
  const names = new Set(known.map(({ fingerprint }) => fingerprint));
  const lost = known.filter(({ fingerprint }) => !present.has(fingerprint));
  const pairs = findings.flatMap((finding, index) =>
    names.has(finding.fingerprint)
      ? []
      : lost.flatMap((other) => {
          const agreement = agreementOf(other, finding);
          return agreement === null ? [] : [{ index, fingerprint: other.fingerprint, ...agreement }];
        }),
  );
  pairs.sort((one, other) => one.gapLines - other.gapLines || other.likeness - one.likeness);
  const kept = findings.map(({ fingerprint }) => fingerprint);
  const [done, taken] = [new Set<number>(), new Set<string>()];
  for (const { index, fingerprint } of pairs) {
    if (done.has(index) || taken.has(fingerprint)) continue;
    kept[index] = fingerprint;
    done.add(index);
    taken.add(fingerprint);
  }
  return kept;
}
