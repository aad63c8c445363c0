import { z } from 'zod';
import { UserError } from '../errors/user-error.js';
import { fence } from '../prompt/render-prompt.js';
import { transcriptFile } from '../stage/stage-recorder.js';
import type { StageContext } from '../stage/stage-context.js';
import type { StageRecorder } from '../stage/stage-recorder.js';
import { parseAnswer } from './parse-answer.js';
import { runAgent, type AgentTask } from './run-agent.js';

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
