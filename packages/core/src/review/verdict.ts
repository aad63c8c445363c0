import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';
import { findingSchema, isBlocking, type Finding, type Severity } from './finding.js';
import { mergeFindings } from './merge-findings.js';
import type { Review } from './review.js';

/** What all reviewers together say: `verdict.json`. */
const verdictSchema = z.strictObject({
  verdict: z.enum(['approve', 'request-changes']),
  tree: objectIdSchema,
  baseTree: objectIdSchema,
  reviewers: z.array(
    z.strictObject({
      reviewer: z.string(),
      model: z.string().nullable(),
      verdict: z.string(),
      summary: z.string(),
      ungrounded: z.number(),
    }),
  ),
  findings: z.array(findingSchema.extend({ reviewers: z.array(z.string()), blocking: z.boolean() })),
});

export type Verdict = z.infer<typeof verdictSchema>;

/** The verdict as it is stored, with a fingerprint of the spec that it was reached by. */
export const storedVerdictSchema = verdictSchema.extend({ spec: z.string() });

/** Who is named for what no agent found, but the diff itself shows. */
const FACTS = 'nx-fleet';

/**
 * Merges reviews of one tree, and what the diff itself shows. It blocks when a finding is as severe as `blockOn`, and also when a reviewer asks for changes and a
 * finding of its names no place in the change, so that its severity is lost: an objection that cannot be placed is no approval.
 */
export function reachVerdict(reviews: readonly [Review, ...Review[]], blockOn: Severity | 'none', facts: readonly Finding[] = []): Verdict {
  const [{ tree, baseTree }] = reviews;
  const findings = mergeFindings([...reviews, { reviewer: FACTS, findings: [...facts] }]).map((finding) => ({
    ...finding,
    reviewers: [...finding.reviewers],
    blocking: isBlocking(finding, blockOn),
  }));
  const isUnplaced = (review: Review): boolean =>
    review.verdict === 'request-changes' && (review.findings.length === 0 || review.ungrounded > 0);
  const blocks = findings.some((finding) => finding.blocking) || (blockOn !== 'none' && reviews.some(isUnplaced));
  return {
    verdict: blocks ? 'request-changes' : 'approve',
    tree,
    baseTree,
    reviewers: reviews.map(({ reviewer, model, verdict, summary, ungrounded }) => ({ reviewer, model, verdict, summary, ungrounded })),
    findings,
  };
}
