import { z } from 'zod';
import { checkSchema } from '../check/check-result.js';
import { objectIdSchema } from '../git/git.js';
import { droppedSchema, isBlocking, SEVERITIES, type Finding, type Severity } from './finding.js';
import { mergedFindingSchema, mergeFindings } from './merge-findings.js';
import { ARTIFACT_VERSION, schemaReference } from './published-schema.js';
import { unreadFileSchema } from './unread-files.js';
import { ratingSchema, type Review } from './review.js';

const dismissed = z.string().optional().describe('why it was dismissed; it does not block then');

/** What all reviewers together say: `verdict.json`. */
export const verdictSchema = z.strictObject({
  $schema: z.string(),
  version: z.literal(ARTIFACT_VERSION),
  verdict: ratingSchema,
  blockOn: z.enum([...SEVERITIES, 'none']).describe('the setting that it was reached by'),
  tree: objectIdSchema.describe('the git tree that was judged'),
  baseTree: objectIdSchema.describe('the git tree that the change starts from'),
  reviewers: z.array(
    z.strictObject({
      reviewer: z.string(),
      vendor: z.string(),
      model: z.string().nullable(),
      verdict: ratingSchema,
      summary: z.string(),
      ungrounded: z
        .array(droppedSchema.extend({ blocking: z.boolean(), dismissed }))
        .describe('remarks that named no place in the change; one of a reviewer that asks for changes may block'),
    }),
  ),
  findings: z.array(mergedFindingSchema.extend({ blocking: z.boolean(), dismissed })),
  unread: z.array(unreadFileSchema).optional().describe('files whose lines no reviewer got, or not all of them'),
  checks: z.array(checkSchema).optional().describe('what was run on the change; absent where its checks run elsewhere'),
});

export type Verdict = z.infer<typeof verdictSchema>;

/** The verdict as it is stored. */
export const storedVerdictSchema = verdictSchema.extend({ spec: z.string().describe('a fingerprint of the text of the issue') });

/** Who is named for what no agent found, but the diff itself shows. */
const FACTS = 'nx-fleet';

/**
 * Merges reviews of one tree, and what the diff itself shows. It blocks when a finding is as severe as `blockOn`; when a reviewer asks for
 * changes, and a remark of its that is as severe names no place in the change: an objection that cannot be placed is not an approval; and, unless
 * `blockOn` is `none`, when one asks for changes without a word why.
 */
export function reachVerdict(reviews: readonly [Review, ...Review[]], blockOn: Severity | 'none', facts: readonly Finding[] = []): Verdict {
  const [{ tree, baseTree }] = reviews;
  const merged = mergeFindings([...reviews, { reviewer: FACTS, vendor: FACTS, findings: [...facts] }]);
  const findings = merged.map((finding) => ({ ...finding, blocking: isBlocking(finding, blockOn) }));
  const reviewers = reviews.map(({ reviewer, vendor, model, verdict, summary, ungrounded }) => ({
    reviewer,
    vendor,
    model,
    verdict,
    summary,
    ungrounded: ungrounded.map((remark) => ({ ...remark, blocking: verdict === 'request-changes' && isBlocking(remark, blockOn) })),
  }));
  // Reviews of one change under the same options leave out the same files.
  const unread = reviews.find((review) => review.unread !== undefined)?.unread;
  return {
    $schema: schemaReference('verdict'),
    version: ARTIFACT_VERSION,
    verdict: blockingCount({ reviewers, findings }) > 0 || isUnexplained({ reviewers, findings, blockOn }) ? 'request-changes' : 'approve',
    blockOn,
    tree,
    baseTree,
    reviewers,
    findings,
    ...(unread === undefined ? {} : { unread }),
  };
}

/** Whether a reviewer asks for changes without a word why, which blocks unless `blockOn` is `none`. */
export function isUnexplained({ findings, reviewers, blockOn }: Pick<Verdict, 'findings' | 'reviewers' | 'blockOn'>): boolean {
  const speakers = new Set(findings.flatMap(({ statements }) => statements.map(({ reviewer }) => reviewer)));
  const isMute = ({ reviewer, verdict, ungrounded }: Verdict['reviewers'][number]): boolean =>
    verdict === 'request-changes' && ungrounded.length === 0 && !speakers.has(reviewer);
  return blockOn !== 'none' && reviewers.some(isMute);
}

/** How many findings and objections without a place block. */
export function blockingCount({ findings, reviewers }: Pick<Verdict, 'findings' | 'reviewers'>): number {
  return [...findings, ...reviewers.flatMap(({ ungrounded }) => ungrounded)].filter(({ blocking }) => blocking).length;
}
