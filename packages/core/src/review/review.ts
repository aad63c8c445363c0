import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';
import { droppedSchema, findingSchema, groundedFindingSchema } from './finding.js';
import { ARTEFACT_VERSION } from './published-schema.js';

/** A reviewer's word. */
export const verdictWord = z.enum(['approve', 'request-changes']);

/** A reviewer's answer. One that asks for changes and names none is not valid. */
export const reviewAnswerSchema = z
  .strictObject({
    verdict: verdictWord,
    summary: z.string(),
    findings: z.array(findingSchema),
  })
  .refine(({ verdict, findings }) => verdict === 'approve' || findings.length > 0, {
    path: ['findings'],
    message: 'request-changes needs at least one finding',
  });

/** A review as it is stored: `review.json`. */
export const reviewSchema = z.strictObject({
  $schema: z.string(),
  version: z.literal(ARTEFACT_VERSION),
  reviewer: z.string(),
  /** Who made the reviewer, as far as we can tell: two reviewers of one vendor are no two opinions. */
  vendor: z.string(),
  model: z.string().nullable(),
  /** What was reviewed; the gate compares it with what it is about to let through. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  verdict: verdictWord,
  summary: z.string(),
  findings: z.array(groundedFindingSchema),
  /** Remarks that named no place in the change. */
  ungrounded: z.array(droppedSchema),
});

export type Review = z.infer<typeof reviewSchema>;
