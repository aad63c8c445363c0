import type { StageContext } from './stage-context.js';
import { roundTarget, parseTarget } from './targets.js';
import { CHECKS_STEP, type RunRecord, runRecordSchema, type RunStep } from '../agent/run-record.js';
import { parseArtifact } from '../artifact/artifact-store.js';
import { worktreeRedactor } from '../environment/worktree-secrets.js';
import { UserError } from '../errors/user-error.js';
import { createRedactor, findSecrets } from '../text/redact.js';

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
  if (local === null || manifest === null) return createRedactor(findSecrets(host.env));
  return worktreeRedactor({ worktree: local.worktree, env: host.env, base: manifest.base }, { host, git });
}

/** `review.rounds` is at most one less. */
const MAX_ROUND = 11;

/**
 * Whether there are artifacts of a finished run that was made of all the same, so that running again could only pay again: under this key,
 * or of the same recipe, in this target or in another round of fixes, from where they are taken.
 * Nx looks into its cache before it starts a task, and was still seen to run a stored one again (23.2.1, hits and misses mixed); a cache can have
 * been emptied; and Nx makes other keys for every stage when `nx.json` or another target of the project changes. What the next stage would
 * refuse is not finished: only another run helps, and `--skip-nx-cache` asks for it.
 * @param requireResult throws a UserError on a result that the next stage would refuse
 */
export async function isFinished(context: StageContext, requireResult: () => Promise<unknown>): Promise<boolean> {
  const { project, target, key, host } = context;
  const own = await readRecord(target, context);
  const isSame = own !== null && ((key !== null && own.key === key && own.outcome === 'completed') || isMadeOf(own, context));
  if (isSame && (await isTaken(requireResult))) return true;
  const { stage, agent } = parseTarget(target);
  for (let round = 1; round <= MAX_ROUND; round++) {
    const other = roundTarget(stage, round) + (agent === '' ? '' : `--${agent}`);
    const record = other === target ? null : await readRecord(other, context);
    if (record === null || !isMadeOf(record, context)) continue;
    await host.artifacts.copy(project, other, target);
    if (await isTaken(requireResult)) return true;
  }
  return false;
}

/** Whether what a target has stored was made of all that a current stage is made of. */
export async function isOfRecipe(target: string, context: StageContext): Promise<boolean> {
  const record = await readRecord(target, context);
  return record !== null && isMadeOf(record, context);
}

function isMadeOf({ outcome, recipe }: RunRecord, context: StageContext): boolean {
  return outcome === 'completed' && context.recipe !== null && recipe === context.recipe;
}

async function readRecord(target: string, { project, host }: StageContext): Promise<RunRecord | null> {
  return parseArtifact(await host.artifacts.read(project, target, 'run.json'), runRecordSchema);
}

async function isTaken(requireResult: () => Promise<unknown>): Promise<boolean> {
  try {
    await requireResult();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
