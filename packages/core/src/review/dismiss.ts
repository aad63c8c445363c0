import { isBlocking } from './finding.js';
import { findingFingerprints } from './finding-fingerprint.js';
import { blockingCount, isUnexplained, type Verdict } from './verdict.js';

type Remark = Verdict['reviewers'][number]['ungrounded'][number];

/** A remark of a reviewer that names no place in the change. */
export interface UnplacedRemark {
  readonly reviewer: string;
  readonly remark: Remark;
}

export interface NamedVerdict {
  readonly findings: readonly { readonly fingerprint: string; readonly finding: Verdict['findings'][number] }[];
  readonly remarks: readonly (UnplacedRemark & { readonly fingerprint: string })[];
}

/** All that a verdict holds, each with its fingerprint; what it says of blocking is worked out anew, as if nothing had been dismissed. */
export function nameFindings({ findings, reviewers, blockOn }: Verdict): NamedVerdict {
  const remarks = reviewers.flatMap(({ reviewer, verdict, ungrounded }) =>
    ungrounded.map(({ dismissed: _, ...remark }) => ({
      reviewer,
      remark: { ...remark, blocking: verdict === 'request-changes' && isBlocking(remark, blockOn) },
    })),
  );
  const names = findingFingerprints([...findings, ...remarks.map(({ remark }) => ({ ...remark, lens: null }))]);
  return {
    findings: findings.map(({ dismissed: _, ...finding }, index) => ({
      fingerprint: names[index] ?? '',
      finding: { ...finding, blocking: isBlocking(finding, blockOn) },
    })),
    remarks: remarks.map((remark, index) => ({ ...remark, fingerprint: names[findings.length + index] ?? '' })),
  };
}

/** A verdict without the weight of what was dismissed. @param reasonOf why, by fingerprint; null for what counts */
export function dismiss(verdict: Verdict, reasonOf: (fingerprint: string) => string | null): Verdict {
  const named = nameFindings(verdict);
  const findings = named.findings.map(({ fingerprint, finding }) => weigh(finding, reasonOf(fingerprint)));
  let next = 0;
  const reviewers = verdict.reviewers.map((reviewer) => ({
    ...reviewer,
    ungrounded: named.remarks
      .slice(next, (next += reviewer.ungrounded.length))
      .map(({ fingerprint, remark }) => weigh(remark, reasonOf(fingerprint))),
  }));
  const blocks = blockingCount({ findings, reviewers }) > 0 || isUnexplained({ findings, reviewers, blockOn: verdict.blockOn });
  return { ...verdict, verdict: blocks ? 'request-changes' : 'approve', findings, reviewers };
}

function weigh<Item extends { readonly blocking: boolean }>(item: Item, reason: string | null): Item {
  return reason === null ? item : { ...item, blocking: false, dismissed: reason };
}
