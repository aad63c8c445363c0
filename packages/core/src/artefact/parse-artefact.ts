import type { z } from 'zod';

/** A stored artefact, or null when there is none or it is not one of this version: anything may have written or cut it. */
export function parseArtefact<Value>(text: string | null, schema: z.ZodType<Value>): Value | null {
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
