import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';

/** Counts up when older manifests cannot be read any more. */
export const MANIFEST_VERSION = 1;

/**
 * What Nx infers an issue's project from, and part of every stage's key:
 * only stable, machine-independent facts. Ports, paths, times and states are in `LocalState`.
 */
export const manifestSchema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  /** The Nx project: `issue-42`. */
  project: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  branch: z.string().min(1),
  /** The commit that the branch started from. */
  base: objectIdSchema,
  /** Its files: what the keys of plan and build know of it. Manifests of earlier versions lack it. */
  baseTree: objectIdSchema.optional(),
  /** True when the branch held someone's work when we took it: there is nothing to plan or build, it is checked and reviewed as it is. */
  adopted: z.literal(true).optional(),
  /** Counts up when all of it is to be done again (`--again`). */
  round: z.int().min(1),
  /** Projects whose build this one waits for and starts from. */
  blockedBy: z.array(z.string()),
  tracker: z.strictObject({ type: z.string(), reference: z.string(), url: z.string().nullable() }),
});

export type Manifest = z.infer<typeof manifestSchema>;
