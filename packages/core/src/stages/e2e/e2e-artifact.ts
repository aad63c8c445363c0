import { z } from 'zod';
import { objectIdSchema } from '../../git/object-id.js';
import { SEVERITIES } from '../../review/finding.js';

/** What an agent found in the running app: `e2e.json`. Each result names the files beside it that show it. */
export const e2eSchema = z.strictObject({
  agent: z.string(),
  /** Who made the agent, as for a review. */
  vendor: z.string(),
  model: z.string().nullable(),
  /** What was tried; the gate compares it with what it is about to let through. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  verdict: z.enum(['approve', 'request-changes']),
  summary: z.string(),
  checks: z.array(
    z.strictObject({
      check: z.string(),
      /** Whether the issue asks for it; else the agent looked by itself. */
      required: z.boolean(),
      passed: z.boolean(),
      severity: z.enum(SEVERITIES),
      seen: z.string(),
      /** `http-1.txt`: a request and its answer, written down by nx-fleet itself. */
      evidence: z.array(z.string()).min(1),
      /** A file of the change; empty when none can be named. */
      file: z.string(),
    }),
  ),
});

export type E2e = z.infer<typeof e2eSchema>;
