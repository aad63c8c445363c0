import type { z } from 'zod';
import { parseJson } from '../text/parse-json.js';

/** A stored artifact, or null when there is none or it is not one of this version: anything may have written or cut it. */
export function parseArtifact<Value>(text: string | null, schema: z.ZodType<Value>): Value | null {
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
}
