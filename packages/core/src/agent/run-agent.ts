import type { Agent, AgentOutcome, AgentRequest } from './agent.js';
import { type NextRun, planNextRun, sleep as sleepByClock } from './retry-policy.js';
import { describeAccounting } from './run-record.js';
import { UserError } from '../errors/user-error.js';
import type { StageContext } from '../stage/stage-context.js';
import { type StageRecorder, transcriptFile } from '../stage/stage-recorder.js';
import type { AgentStageSettings } from '../stage/stage-settings.js';
import { printableLine } from '../text/printable.js';

export interface AgentTask {
  readonly settings: AgentStageSettings;
  /** For users and the transcript: `plan`, `attempt 2`. */
  readonly what: string;
  readonly cwd: string;
  readonly prompt: string;
  readonly readOnly: boolean;
  /** Real paths that a reader must not look into. @default none */
  readonly hidden?: readonly string[];
  /** The worktree's variables that the agent may see. */
  readonly env: Readonly<Record<string, string>>;
  /** JSON schema of the answer. @default free text */
  readonly answerSchema?: Readonly<Record<string, unknown>>;
  /** Whether a text is a valid answer. @default unknown */
  readonly isAnswer?: (text: string) => boolean;
  /** Puts `cwd` back as it was before the run. Without it a writer is never tried again: its half-work would pass for what it started from. */
  readonly startOver?: () => Promise<void>;
}

type Failed = Exclude<AgentOutcome, { readonly kind: 'completed' }>;

/**
 * Runs an agent in a fresh context; again, and with the fallback model, as far as `planNextRun` says.
 * @returns its answer @throws UserError for every outcome but `completed`
 */
export async function runAgent(task: AgentTask, context: StageContext, recorder: StageRecorder): Promise<string> {
  const { settings } = task;
  const agent = context.agent(settings.agent);
  const detected = await agent.detect();
  if ('missing' in detected) throw new UserError(detected.missing);
  recorder.setAgent(settings.agent, detected.version);
  let [waitedMs, model, isFallback] = [0, settings.model, false];
  for (let runs = 1; ; runs++) {
    const what = runs === 1 ? task.what : `${task.what}, try ${runs}`;
    const outcome = await runOnce({ ...task, what, agent, version: detected.version, model }, context, recorder);
    if (outcome.kind === 'completed') return outcome.answer;
    const next = nextRun(task, { ...outcome, runs, waitedMs, isFallback }, context);
    if (next.kind === 'none') throw failure(task, outcome, context);
    if (next.kind === 'fallback-model') {
      [model, isFallback] = [settings.fallbackModel, true];
      context.onProgress(`${settings.agent} was ${outcome.kind}: asked its fallback model ${model ?? ''}`);
    } else {
      waitedMs += next.waitMs;
      context.onProgress(`${settings.agent} was ${outcome.kind}: try ${runs + 1} after ${Math.ceil(next.waitMs / 1_000)} s`);
      await (context.sleep ?? sleepByClock)(next.waitMs, context.signal);
      if (context.signal?.aborted === true) throw failure(task, outcome, context);
    }
    await task.startOver?.();
  }
}

function nextRun(
  { settings, readOnly, startOver }: AgentTask,
  ending: Parameters<typeof planNextRun>[0],
  { limits }: StageContext,
): NextRun {
  if (!readOnly && startOver === undefined) return { kind: 'none' };
  const { model, fallbackModel } = settings;
  return planNextRun(ending, { maxWaitMs: limits.rateLimitWaitMs, hasFallback: fallbackModel !== null && fallbackModel !== model });
}

interface Run extends AgentTask {
  readonly agent: Agent;
  readonly version: string;
  readonly model: string | null;
}

async function runOnce(run: Run, context: StageContext, recorder: StageRecorder): Promise<AgentOutcome> {
  const { agent, version, model, what, prompt } = run;
  const { host, onProgress, onDetail } = context;
  recorder.addTranscript(JSON.stringify({ 'nx-fleet': what, agent: agent.name, version, model, prompt }));
  onDetail(`${agent.name} ${version}: ${what}${model === null ? '' : ` (${model})`}`, 'step');
  const startedAt = host.now().getTime();
  const outcome = await agent.run(requestOf(run, context, recorder));
  const { kind: ended, costUsd, costSource, usage } = outcome;
  const durationMs = host.now().getTime() - startedAt;
  recorder.addStep({ what, model, ended, durationMs, costUsd, costSource: costSource ?? null, usage: [...usage] });
  onProgress(`${agent.name}: ${what} ${ended}, ${describeAccounting(outcome)}`);
  return outcome;
}

function requestOf(run: Run, { limits, onDetail, signal }: StageContext, { addTranscript }: StageRecorder): AgentRequest {
  const { cwd, prompt, model, readOnly, hidden, env, answerSchema, isAnswer } = run;
  return {
    cwd,
    prompt,
    model,
    readOnly,
    env,
    timeoutMs: limits.agentTimeoutMs,
    idleTimeoutMs: limits.agentIdleTimeoutMs,
    onProgress: (line) => onDetail(line, 'step'),
    onTranscript: addTranscript,
    ...(hidden === undefined ? {} : { hidden }),
    ...(answerSchema === undefined ? {} : { answerSchema }),
    ...(isAnswer === undefined ? {} : { isAnswer }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Kinds of which the program has nothing more to tell than its message. */
const PLAIN_KINDS: ReadonlySet<string> = new Set(['not-installed', 'unauthenticated', 'cancelled']);

function failure({ settings, what, readOnly }: AgentTask, { kind, message, retryAfterMs }: Failed, context: StageContext): UserError {
  const later = retryAfterMs === undefined ? '' : ` It says to try again in ${Math.ceil(retryAfterMs / 60_000)} min.`;
  const transcript = PLAIN_KINDS.has(kind) ? '' : ` What it printed: "${transcriptFile(context)}".`;
  const goOn = kind === 'cancelled' || context.signal?.aborted === true ? continuing(readOnly, context) : '';
  return new UserError(`${settings.agent} did not finish "${what}" (${kind}): ${printableLine(message, 500)}${later}${transcript}${goOn}`);
}

/** What remains, and what continues. */
function continuing(readOnly: boolean, { project, target }: StageContext): string {
  const kept = readOnly ? '' : ' What it has written was kept under refs/nx-fleet/backup/.';
  return `${kept} To continue: nx run ${project}:${target}`;
}
