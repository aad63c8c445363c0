import { z } from 'zod';
import { COST_SOURCES } from './agent.js';

const count = z.number().nullable();
const cost = { costUsd: count, costSource: z.enum(COST_SOURCES).nullable().optional() };

const modelUsage = z.strictObject({
  model: z.string().nullable(),
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count.optional(),
  outputTokens: count,
  costUsd: count.optional(),
  costSource: cost.costSource,
});

/** One run of an agent or of the checks inside a stage. An agent that is tried again has a step for each try. */
const stepSchema = z.strictObject({
  what: z.string(),
  /** The model that was asked for: `usage` names those that answered. Null for the agent's default, and for checks. */
  model: z.string().nullable().optional(),
  ended: z.string(),
  durationMs: z.number(),
  ...cost,
  usage: z.array(modelUsage),
});

/**
 * How a stage's artifact came to be: `run.json` beside it. Nothing reads it for a key, since times and prices differ between equal results.
 * On a cache hit it tells about the run that was paid for.
 */
export const runRecordSchema = z.strictObject({
  /** The hash that Nx stores the task under; null outside Nx. */
  key: z.string().nullable(),
  /** A digest of the stage's own inputs. */
  recipe: z.string().optional(),
  agent: z.string().nullable(),
  agentVersion: z.string().nullable(),
  startedAt: z.string(),
  durationMs: z.number(),
  outcome: z.enum(['completed', 'failed']),
  steps: z.array(stepSchema),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type RunStep = RunRecord['steps'][number];

export interface RunTotals {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
}

/** Sums over a run's agent steps. A sum with an unknown part is unknown; a run that needed no agent cost nothing. */
export function runTotals({ steps, outcome }: RunRecord): RunTotals {
  const agentSteps = steps.filter((step) => step.what !== CHECKS_STEP);
  const usage = agentSteps.flatMap((step) => step.usage);
  const isKnown = agentSteps.length > 0 || outcome === 'completed';
  const isCounted = isKnown && agentSteps.every((step) => step.usage.length > 0);
  return {
    inputTokens: isCounted ? sum(usage.map((part) => part.inputTokens)) : null,
    outputTokens: isCounted ? sum(usage.map((part) => part.outputTokens)) : null,
    costUsd: isKnown ? sum(agentSteps.map((step) => step.costUsd)) : null,
  };
}

export const CHECKS_STEP = 'checks';

function sum(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
