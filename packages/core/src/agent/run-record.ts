import { z } from 'zod';
import { type Accounting, COST_SOURCES, type CostSource, type ModelUsage } from './agent.js';

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

/** From what is paid to what is guessed. */
const EXACTNESS: readonly CostSource[] = ['agent', 'settings', 'price-list', 'price-list-inexact'];

/** The source of a sum: the least exact one of its parts. */
export function leastExactSource(sources: readonly CostSource[]): CostSource | undefined {
  return EXACTNESS.findLast((source) => sources.includes(source));
}

/** Tokens and cost for the user: `31k tokens (12k cached), $0.12`. Unknown values are named so, and what is not exact begins with `~`. */
export function describeAccounting({ usage, costUsd, costSource }: Accounting): string {
  return `${describeTokens(usage)}, ${describeCost(costUsd, costSource)}`;
}

/** `$0.12`, `~$0.12` where a price list does not know exactly this model, or `cost unknown`. */
export function describeCost(costUsd: number | null, costSource?: CostSource | null): string {
  if (costUsd === null) return 'cost unknown';
  const digits = costUsd > 0 && costUsd < 0.01 ? 4 : 2;
  return `${costSource === 'price-list-inexact' ? '~' : ''}$${costUsd.toFixed(digits)}`;
}

/** `950`, `31k`, `1.2M`. */
export function describeCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1_000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function describeTokens(usage: readonly ModelUsage[]): string {
  const total = addUp(usage.flatMap(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]));
  if (total === null) return 'tokens unknown';
  const cached = addUp(usage.map(({ cachedInputTokens }) => cachedInputTokens));
  return `${describeCount(total)} tokens${cached === null || cached === 0 ? '' : ` (${describeCount(cached)} cached)`}`;
}

function addUp(counts: readonly (number | null)[]): number | null {
  if (counts.length === 0) return null;
  return counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0);
}
