import { z } from 'zod';
import { type AgentTask, runAgent } from './run-agent.js';
import { parseJson } from '../artifact/artifact-store.js';
import { UserError } from '../errors/user-error.js';
import { fence } from '../prompt/render-prompt.js';
import type { StageContext } from '../stage/stage-context.js';
import { type StageRecorder, transcriptFile } from '../stage/stage-recorder.js';
import { printableLine } from '../text/printable.js';

/**
 * Asks an agent for a structured answer. An answer that is not valid gets one repair try, in a fresh context that sees the answer and what is
 * wrong with it; a second one is a failure, never a result.
 */
export async function askAgent<Answer>(
  { answer, ...task }: AgentTask & { readonly answer: z.ZodType<Answer> },
  context: StageContext,
  recorder: StageRecorder,
): Promise<Answer> {
  const answerSchema = answerJsonSchema(answer);
  const isAnswer = (said: string): boolean => parseAnswer(said, answer).kind === 'valid';
  const text = await runAgent({ ...task, answerSchema, isAnswer }, context, recorder);
  const first = parseAnswer(text, answer);
  if (first.kind === 'valid') return first.answer;
  context.onProgress(`${task.settings.agent} gave no valid answer (${first.reason}): asking once more`);
  const repair = [
    task.prompt,
    '',
    'An earlier answer to this was not valid:',
    '',
    fence('text', text),
    '',
    `What is wrong: ${first.reason}`,
    'Answer again.',
  ];
  const again = await runAgent(
    { ...task, what: `${task.what}, repair`, prompt: repair.join('\n'), answerSchema, isAnswer },
    context,
    recorder,
  );
  const second = parseAnswer(again, answer);
  if (second.kind === 'valid') return second.answer;
  throw new UserError(
    `${task.settings.agent} gave no valid answer twice (${second.reason}). Run it again, or choose another model; its words are in "${transcriptFile(context)}".`,
  );
}

function answerJsonSchema(answer: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(answer, { target: 'draft-7' });
  return schema;
}

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
