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

/** The fingerprints of a verdict's findings, and of each reviewer's remarks that name no place in the change. */
export function verdictFingerprints(
  { findings, reviewers }: Pick<Verdict, 'findings' | 'reviewers'>,
  project: string,
): { readonly findings: readonly string[]; readonly remarks: readonly (readonly string[])[] } {
  const remarks = reviewers.flatMap(({ ungrounded }) => ungrounded.map(({ file, title }) => ({ category: null, project, file, title })));
  const names = findingFingerprints([...findings, ...remarks]);
  let next = findings.length;
  return {
    findings: names.slice(0, next),
    remarks: reviewers.map(({ ungrounded }) => names.slice(next, (next += ungrounded.length))),
  };
}

/** All that a verdict holds, each with its fingerprint; what it says about blocking is worked out again, as if nothing had been dismissed. */
export function nameFindings(verdict: Verdict, project: string): NamedVerdict {
  const names = verdictFingerprints(verdict, project);
  return {
    findings: verdict.findings.map((finding, index) => ({
      fingerprint: names.findings[index] ?? '',
      finding: { ...undismissed(finding), blocking: isBlocking(finding, verdict.blockOn) },
    })),
    remarks: verdict.reviewers.flatMap(({ reviewer, verdict: word, ungrounded }, index) =>
      ungrounded.map((remark, nth) => ({
        reviewer,
        fingerprint: names.remarks[index]?.[nth] ?? '',
        remark: { ...undismissed(remark), blocking: word === 'request-changes' && isBlocking(remark, verdict.blockOn) },
      })),
    ),
  };
}

function undismissed<Item extends { readonly dismissed?: string | undefined }>(item: Item): Omit<Item, 'dismissed'> {
  const { dismissed: _dismissed, ...rest } = item;
  return rest;
}

/** A verdict without the weight of what was dismissed. @param reasonOf why, by fingerprint; null for what counts */
export function dismiss(verdict: Verdict, project: string, reasonOf: (fingerprint: string) => string | null): Verdict {
  const named = nameFindings(verdict, project);
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
