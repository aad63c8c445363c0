import { SEVERITIES } from '../review/finding.js';
import { compareClaims } from '../review/same-claim.js';
import { MAX_EARLIER_NAMES, type RememberedFinding } from './comment-state.js';

/** What a finding is called. */
export interface Names {
  readonly fingerprint: string;
  readonly earlier: readonly string[];
}

/**
 * The fingerprints that each finding had in earlier reviews, oldest first: one that was known may come back in other words or on other lines. Each
 * known one is found again at most once, by its fingerprints first, then the closest pairs of a project. What comes back graver is new.
 */
export function earlierNames(findings: readonly RememberedFinding[], known: readonly RememberedFinding[]): readonly (readonly string[])[] {
  const again = new Map<number, RememberedFinding>();
  const taken = new Set<RememberedFinding>();
  const take = (index: number, other: RememberedFinding): void => {
    if (again.has(index) || taken.has(other)) return;
    again.set(index, other);
    taken.add(other);
  };
  const mayBe = (finding: RememberedFinding, other: RememberedFinding): boolean =>
    finding.project === other.project && !isGraver(finding, other);
  for (const [index, finding] of findings.entries()) {
    const same = known.find((other) => mayBe(finding, other) && allFingerprints(other).includes(finding.fingerprint));
    if (same !== undefined) take(index, same);
  }
  const pairs = findings.flatMap((finding, index) =>
    known.flatMap((other) => {
      const agreement = mayBe(finding, other) ? compareClaims(other, finding) : null;
      return agreement === null ? [] : [{ index, other, ...agreement }];
    }),
  );
  pairs.sort((one, other) => one.gapLines - other.gapLines || other.likeness - one.likeness);
  for (const { index, other } of pairs) take(index, other);
  const current = new Set(findings.map(({ fingerprint }) => fingerprint));
  return findings.map((_, index) => {
    const other = again.get(index);
    // One name is never two findings': what another one is called now, this one is called no longer.
    const names = other === undefined ? [] : allFingerprints(other).filter((name) => !current.has(name));
    return [...names.slice(0, 1), ...names.slice(1).slice(1 - MAX_EARLIER_NAMES)];
  });
}

/** All names of a finding, the one that it has now last. */
export function allFingerprints({ earlier, fingerprint }: Names): readonly string[] {
  return [...earlier, fingerprint];
}

/** What a finding was called when it was first found: programs know it by that, whatever words it has now. */
export function firstName({ earlier, fingerprint }: Names): string {
  return earlier[0] ?? fingerprint;
}

function isGraver(finding: RememberedFinding, other: RememberedFinding): boolean {
  return SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(other.severity);
}
