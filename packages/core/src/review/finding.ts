import { z } from 'zod';

/** From the one that blocks always to the one that only informs. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a reviewer looks through, and what each finding names one of. */
export const CATEGORIES = ['correctness', 'security', 'data-loss', 'tests', 'spec', 'rules'] as const;
export type Category = (typeof CATEGORIES)[number];

/** One remark as a reviewer gives it: what it says is brought into its ranges later. Lines count from 1 in the file as it is after the change; 0 for the file as a whole. */
export const findingSchema = z.strictObject({
  category: z.enum(CATEGORIES),
  severity: z.enum(SEVERITIES),
  confidence: z.number().describe('0 to 1'),
  title: z.string().describe('the fault in one line'),
  body: z.string(),
  file: z.string().describe('path from the root'),
  startLine: z.number().describe('in the file after the change; 0 for all of it'),
  endLine: z.number(),
  recommendation: z.string(),
});

/** A remark with its place checked and its numbers in their ranges. */
export const groundedFindingSchema = findingSchema.extend({
  confidence: z.number().min(0).max(1),
  startLine: z.int().min(0).describe('from 1, in the file after the change; 0 for the file as a whole'),
  endLine: z.int().min(0).describe('the last line, like startLine'),
});

export type Finding = z.infer<typeof findingSchema>;

/** A remark that named no place in the change. It is not a finding; that it was made is kept. */
export const droppedSchema = z.strictObject({
  severity: z.enum(SEVERITIES),
  title: z.string(),
  file: z.string().describe('as the reviewer named it'),
  startLine: z.int().min(0),
});

export type Dropped = z.infer<typeof droppedSchema>;

/** Whether a finding blocks under a `blockOn` setting. */
export function isBlocking({ severity }: Pick<Finding, 'severity'>, blockOn: Severity | 'none'): boolean {
  return blockOn !== 'none' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(blockOn);
}
