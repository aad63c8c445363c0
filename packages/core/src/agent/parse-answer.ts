import type { z } from 'zod';
import { parseJson } from '../text/parse-json.js';
import { printableLine } from '../text/printable.js';

/** A structured answer, or what is wrong with it. */
export type ParsedAnswer<Answer> =
  | { readonly kind: 'valid'; readonly answer: Answer }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Reads an agent's answer: one JSON object, alone or in a code fence. Untrusted. */
export function parseAnswer<Answer>(text: string, schema: z.ZodType<Answer>): ParsedAnswer<Answer> {
  const json = jsonIn(text);
  if (json === undefined) return { kind: 'invalid', reason: 'it is not one JSON object' };
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: 'valid', answer: parsed.data };
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `at "${issue.path.map(String).join('.')}": `;
  return { kind: 'invalid', reason: printableLine(`${at}${issue?.message ?? 'unknown'}`) };
}

function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  return parseJson(text) ?? (fenced === undefined ? undefined : parseJson(fenced));
}
