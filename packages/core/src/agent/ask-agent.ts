import { z } from 'zod';
import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';
import { fence } from '../prompt/render-prompt.js';
import type { StageContext } from '../stages/stage-context.js';
import type { StageRecorder } from '../stages/stage-recorder.js';
import type { AgentStageSettings } from '../stages/stage-settings.js';
import { parseAnswer } from './parse-answer.js';

export interface AgentTask {
  readonly settings: AgentStageSettings;
  /** For people and the transcript: `plan`, `attempt 2`. */
  readonly what: string;
  readonly cwd: string;
  readonly prompt: string;
  readonly readOnly: boolean;
  /** The worktree's variables that the agent may see. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs an agent once, in a fresh context. @returns its answer @throws UserError for every outcome but `completed` */
export async function runAgent(task: AgentTask, context: StageContext, recorder: StageRecorder): Promise<string> {
  return runWithSchema(task, context, recorder);
}

/**
 * Asks an agent for a structured answer. An answer that is not valid gets one repair try, in a fresh context that sees the answer and what is
 * wrong with it; a second one is a failure, never a result.
 */
export async function askAgent<Answer>(
  { answer, ...task }: AgentTask & { readonly answer: z.ZodType<Answer> },
  context: StageContext,
  recorder: StageRecorder,
): Promise<Answer> {
  const schema = answerJsonSchema(answer);
  const text = await runWithSchema({ ...task, answerSchema: schema }, context, recorder);
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
  const again = await runWithSchema(
    { ...task, what: `${task.what}, repair`, prompt: repair.join('\n'), answerSchema: schema },
    context,
    recorder,
  );
  const second = parseAnswer(again, answer);
  if (second.kind === 'valid') return second.answer;
  throw new UserError(
    `${task.settings.agent} gave no valid answer twice (${second.reason}). Run it again, or choose another model; its words are in transcript.jsonl.`,
  );
}

async function runWithSchema(
  task: AgentTask & { readonly answerSchema?: Readonly<Record<string, unknown>> },
  context: StageContext,
  recorder: StageRecorder,
): Promise<string> {
  const { settings, what, answerSchema, ...request } = task;
  const { limits, host, onProgress, signal } = context;
  const agent = context.agent(settings.agent);
  const detected = await agent.detect();
  if ('missing' in detected) throw new UserError(detected.missing);
  recorder.setAgent(settings.agent, detected.version);
  recorder.addTranscript(
    JSON.stringify({ 'nx-fleet': what, agent: settings.agent, version: detected.version, model: settings.model, prompt: task.prompt }),
  );
  onProgress(`${settings.agent} ${detected.version}: ${what}${settings.model === null ? '' : ` (${settings.model})`}`);
  const startedAt = host.now().getTime();
  const outcome = await agent.run({
    ...request,
    model: settings.model,
    timeoutMs: limits.agentTimeoutMs,
    idleTimeoutMs: limits.agentIdleTimeoutMs,
    onProgress,
    onTranscript: recorder.addTranscript,
    ...(answerSchema === undefined ? {} : { answerSchema }),
    ...(signal === undefined ? {} : { signal }),
  });
  const durationMs = host.now().getTime() - startedAt;
  recorder.addStep({ what, ended: outcome.kind, durationMs, costUsd: outcome.costUsd, usage: [...outcome.usage] });
  if (outcome.kind === 'completed') return outcome.answer;
  throw new UserError(`${settings.agent} did not finish "${what}" (${outcome.kind}): ${printableLine(outcome.message, 500)}`);
}

function answerJsonSchema(answer: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(answer, { target: 'draft-7' });
  return schema;
}
