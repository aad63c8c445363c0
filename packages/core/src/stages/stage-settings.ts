import type { Tier } from '../agent/agent.js';
import type { DependencySafety } from '../host/host.js';
import type { Severity } from '../review/finding.js';
import type { AgentDefinition } from '../settings/agent-definition.js';
import type { CommandLine, Settings } from '../settings/settings.js';

/** Counts up when a stage reads or writes something else than before: every key changes with it. */
export const STAGE_VERSION = 7;

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

export interface BuildStageSettings extends AgentStageSettings {
  readonly attempts: number;
  readonly checks: readonly CommandLine[];
  readonly passEnv: readonly string[];
}

export interface FixStageSettings extends BuildStageSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
  /** Who tried the running app. @default none */
  readonly e2e?: string;
}

export interface ValidateStageSettings {
  readonly checks: readonly CommandLine[];
  /** The commands that make the database and the files that checks run on. */
  readonly setup: readonly CommandLine[];
  readonly smoke: CommandLine | null;
  readonly passEnv: readonly string[];
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

export function planSettings({ agents }: Settings): AgentStageSettings {
  return agentSettings(agents, agents.planner, agents.tiers.plan);
}

export function buildSettings(settings: Settings, writer: string): BuildStageSettings {
  const { agents, build, checks, worktrees } = settings;
  return { ...agentSettings(agents, writer, agents.tiers.build), attempts: build.attempts, checks, passEnv: worktrees.passEnv };
}

export function fixSettings(settings: Settings, writer: string): FixStageSettings {
  const { agents, review, validate } = settings;
  const e2e = validate.agent === undefined ? {} : { e2e: validate.agent };
  return { ...buildSettings(settings, writer), reviewers: agents.reviewers, blockOn: review.blockOn, ...e2e };
}

export function validateSettings({ checks, worktrees }: Settings): ValidateStageSettings {
  const { setup, smoke, passEnv } = worktrees;
  return { checks, setup, smoke: smoke ?? null, passEnv };
}

export function reviewSettings({ agents }: Settings, reviewer: string): AgentStageSettings {
  return agentSettings(agents, reviewer, agents.tiers.review);
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

function agentSettings(agents: Settings['agents'], agent: string, tier: Tier): AgentStageSettings {
  const definition = agents.define[agent];
  if (definition === undefined) throw new Error(`agent "${agent}" has no definition`);
  const { models, ...program } = definition;
  return { agent, definition: program, model: models[tier] ?? null, fallbackModel: models.fallback ?? null };
}
