import { CHECKS_STEP, type RunRecord, type RunStep } from '../agent/run-record.js';
import { worktreeRedactor } from '../environment/worktree-redactor.js';
import { createRedactor, secretsOf } from '../text/redact.js';
import type { StageContext } from './stage-context.js';

/** Collects a stage's transcript and its `run.json`, which are written however the stage ends. */
export interface StageRecorder {
  readonly addStep: (step: RunStep) => void;
  readonly addTranscript: (line: string) => void;
  readonly setAgent: (name: string, version: string) => void;
  /** The model that was asked last: after a rate limit another one than the stage's own. Null for the agent's default. */
  readonly lastModel: () => string | null;
}

const TRANSCRIPT = 'transcript.jsonl';

/** Where what agents print is written at the end of a stage. */
export function transcriptFile({ host, project, target }: StageContext): string {
  return `${host.artifacts.directory(project, target)}/${TRANSCRIPT}`;
}

/** Empties the target's folder, runs the stage, and writes what it recorded. */
export async function recordStage<Result>(context: StageContext, stage: (recorder: StageRecorder) => Promise<Result>): Promise<Result> {
  const { project, target, host } = context;
  const startedAt = host.now();
  const steps: RunStep[] = [];
  const transcript: string[] = [];
  const redact = await redactorOf(context);
  let agent: { readonly name: string; readonly version: string } | null = null;
  let outcome: RunRecord['outcome'] = 'failed';
  await host.artifacts.clear(project, target);
  try {
    const result = await stage({
      addStep: (step) => void steps.push(step),
      addTranscript: (line) => void transcript.push(line),
      setAgent: (name, version) => {
        agent = { name, version };
      },
      lastModel: () => steps.findLast(({ what }) => what !== CHECKS_STEP)?.model ?? null,
    });
    outcome = 'completed';
    return result;
  } finally {
    const known = agent as { readonly name: string; readonly version: string } | null;
    const record: RunRecord = {
      key: context.key,
      ...(context.recipe === null ? {} : { recipe: context.recipe }),
      agent: known?.name ?? null,
      agentVersion: known?.version ?? null,
      startedAt: startedAt.toISOString(),
      durationMs: host.now().getTime() - startedAt.getTime(),
      outcome,
      steps,
    };
    await host.artifacts.write(project, target, 'run.json', `${JSON.stringify(record, null, 2)}\n`);
    if (transcript.length > 0) await host.artifacts.write(project, target, TRANSCRIPT, `${redact(transcript.join('\n'))}\n`);
  }
}

/** Knows our own secrets and those of the worktree's env files: a prompt quotes what a writer wrote, and an agent's commands what they read. */
async function redactorOf({ project, host, git }: StageContext): Promise<(text: string) => string> {
  const [local, manifest] = await Promise.all([host.state.readLocal(project), host.state.readManifest(project)]);
  if (local === null || manifest === null) return createRedactor(secretsOf(host.env));
  return worktreeRedactor({ worktree: local.worktree, env: host.env, base: manifest.base }, { host, git });
}
