import type { Tier } from '../agent/agent.js';
import type { DependencySafety } from '../host/host.js';
import type { AgentDefinition } from '../settings/agent-definition.js';
import type { Settings } from '../settings/settings.js';

/** Counts up when a stage reads or writes something else than before: every key changes with it. */
export const STAGE_VERSION = 9;

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
/** What an agent is, apart from its models. */
export type AgentProgram = DistributiveOmit<AgentDefinition, 'models'>;

/**
 * All that a stage takes from the options and that its result depends on. A stage gets this object and no other options, and its cache key
 * is made of this object: nothing can be read that is not in the key.
 */
export interface AgentStageSettings {
  readonly agent: string;
  /** Without its models: of these only the one that is asked for counts. */
  readonly definition: AgentProgram;
  /** The agent's own name of the model, or null for its default. */
  readonly model: string | null;
  /** The model that is asked when a rate limit or an overload does not pass, or null. */
  readonly fallbackModel: string | null;
}

/** These end a stage or say how it gets its tools; they never change what it says, so they are not part of a key. */
export interface StageLimits {
  readonly agentTimeoutMs: number;
  readonly agentIdleTimeoutMs: number;
  /** Longest time spent waiting for an agent's rate limit to pass, for one question. */
  readonly rateLimitWaitMs: number;
  readonly checkTimeoutMs: number;
  readonly dependencySafety: DependencySafety;
  /** The form of writers' commit messages, or null. */
  readonly commitTemplate: string | null;
}

export function stageLimits({ build, limits, worktrees }: Settings): StageLimits {
  const minute = 60_000;
  return {
    agentTimeoutMs: limits.agentMinutes * minute,
    agentIdleTimeoutMs: limits.agentIdleMinutes * minute,
    rateLimitWaitMs: limits.rateLimitMinutes * minute,
    checkTimeoutMs: limits.checkMinutes * minute,
    dependencySafety: worktrees.safety,
    commitTemplate: build.commit ?? null,
  };
}

/** What a stage takes of the options of its agent, which it asks at a tier. */
export function agentSettings(agents: Settings['agents'], agent: string, tier: Tier): AgentStageSettings {
  const definition = agents.define[agent];
  if (definition === undefined) throw new Error(`agent "${agent}" has no definition`);
  const { models, ...program } = definition;
  return { agent, definition: program, model: models[tier] ?? null, fallbackModel: models.fallback ?? null };
}
