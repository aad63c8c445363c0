import { z } from 'zod';

const objectId = z.string().regex(/^[0-9a-f]{40,64}$/);

/** What was checked and with what result: `validation.json`. Equal for equal results: times and logs stand beside it. */
export const validationSchema = z.strictObject({
  baseTree: objectId,
  tree: objectId,
  checks: z.array(z.strictObject({ command: z.string(), passed: z.boolean() })),
});

export type Validation = z.infer<typeof validationSchema>;
