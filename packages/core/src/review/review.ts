import { z } from 'zod';
import { droppedSchema, findingSchema, groundedFindingSchema } from './finding.js';
import { ARTIFACT_VERSION } from './published-schema.js';
import { unreadFileSchema } from './unread-files.js';
import { objectIdSchema } from '../git/git.js';
import type { AgentProgram } from '../stage/stage-settings.js';

/** A reviewer's word. */
export const ratingSchema = z.enum(['approve', 'request-changes']);

/** A reviewer's answer. One that asks for changes and names none is not valid. */
export const reviewAnswerSchema = z
  .strictObject({
    verdict: ratingSchema,
    summary: z.string(),
    findings: z.array(findingSchema),
  })
  .refine(({ verdict, findings }) => verdict === 'approve' || findings.length > 0, {
    path: ['findings'],
    message: 'request-changes needs at least one finding',
  });

export type ReviewAnswer = z.infer<typeof reviewAnswerSchema>;

/** A review as it is stored: `review.json`. */
export const reviewSchema = z.strictObject({
  $schema: z.string(),
  version: z.literal(ARTIFACT_VERSION),
  reviewer: z.string(),
  vendor: z.string().describe('who made the reviewer, as far as we can tell: two reviewers of one vendor are not two opinions'),
  model: z.string().nullable().describe('the model that was asked for; null for the default of the agent'),
  baseTree: objectIdSchema.describe('the git tree that the change starts from'),
  tree: objectIdSchema.describe('the git tree that was reviewed; the gate compares it with what it is about to let through'),
  verdict: ratingSchema,
  summary: z.string(),
  findings: z.array(groundedFindingSchema),
  ungrounded: z.array(droppedSchema).describe('remarks that named no place in the change'),
  unread: z.array(unreadFileSchema).optional().describe('files whose lines were not in the prompt, or not all of them'),
});

export type Review = z.infer<typeof reviewSchema>;

/**
 * Who made a reviewer. Of a `command` we know only its program and its model, so two that share the program and ask for the same model
 * count as one.
 */
export function findVendor({ definition, model }: { readonly definition: AgentProgram; readonly model: string | null }): string {
  if (definition.type !== 'command') return definition.type;
  const program = definition.command.split(/[\\/]/).at(-1) ?? definition.command;
  return model === null ? program : `${program} ${model}`;
}
