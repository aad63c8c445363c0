import { z } from 'zod';
import { objectIdSchema } from '../git/object-id.js';

/** What was checked and with what result: `validation.json`. Equal for equal results: times and logs stand beside it. */
export const validationSchema = z.strictObject({
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  checks: z.array(z.strictObject({ command: z.string(), passed: z.boolean() })),
});

export type Validation = z.infer<typeof validationSchema>;
