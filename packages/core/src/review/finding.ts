import { z } from 'zod';

/** From the one that blocks always to the one that only informs. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One grounded remark on the change. Lines count from 1 in the file as it is after the change; 0 for the file as a whole. */
export const findingSchema = z.strictObject({
  severity: z.enum(SEVERITIES),
  /** 0 to 1. */
  confidence: z.number(),
  title: z.string(),
  body: z.string(),
  file: z.string(),
  startLine: z.number(),
  endLine: z.number(),
  recommendation: z.string(),
});

export type Finding = z.infer<typeof findingSchema>;

/** Whether a finding blocks under a `blockOn` setting. */
export function isBlocking({ severity }: Pick<Finding, 'severity'>, blockOn: Severity | 'none'): boolean {
  return blockOn !== 'none' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(blockOn);
}
