/** What a stage asks for; each agent maps it to a model of its own. */
export type Tier = 'light' | 'standard' | 'strong';

export interface AgentRequest {
  /** Absolute path that the agent works in. */
  readonly cwd: string;
  readonly prompt: string;
  /** The agent's own name of a model, or null for the agent's default. */
  readonly model: string | null;
  /** True for planners and reviewers: the agent gets no means to write. */
  readonly readOnly: boolean;
  /** Absolute real paths that a reader must not look into; a program that can close them to its commands does. @default none */
  readonly hidden?: readonly string[];
  /** JSON schema of the answer, in the strict form that all vendors take: every property required, no additional ones. @default free text */
  readonly answerSchema?: Readonly<Record<string, unknown>>;
  /** Whether a text is a valid answer: then the run has done what it was asked for, however its process ends. @default unknown */
  readonly isAnswer?: (text: string) => boolean;
  /** Wall-clock limit in milliseconds. */
  readonly timeoutMs: number;
  /** Limit for silence in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Variables of the worktree (ports, database) that the agent's commands may see, besides the allow-list. */
  readonly env: Readonly<Record<string, string>>;
  /** One line on what the agent does now, control characters removed. */
  readonly onProgress: (line: string) => void;
  /** Every raw line of the agent's output, for the transcript. */
  readonly onTranscript: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Where a cost comes from: the agent's own accounting, `agents.prices`, or a public price list, whose price can be that of a sibling of the model,
 * or that of short prompts (`price-list-inexact`).
 */
export const COST_SOURCES = ['agent', 'settings', 'price-list', 'price-list-inexact'] as const;
export type CostSource = (typeof COST_SOURCES)[number];

/** What was paid. Absent or null is unknown, never 0. */
interface Cost {
  /** US dollars, or null when neither the agent nor a price table knows. */
  readonly costUsd: number | null;
  /** Where `costUsd` comes from; of several sources the least exact one. @default unknown */
  readonly costSource?: CostSource;
}

/** Tokens of one model. Unknown is null, never 0. */
export interface ModelUsage extends Partial<Cost> {
  /** The model that answered, as far as the program names it; else the one that was asked for. */
  readonly model: string | null;
  /** Including what was read from the vendor's prompt cache and what was written to it. */
  readonly inputTokens: number | null;
  /** Part of `inputTokens`. */
  readonly cachedInputTokens: number | null;
  /** Part of `inputTokens`: what was written to the vendor's prompt cache. @default unknown */
  readonly cacheWriteTokens?: number | null;
  readonly outputTokens: number | null;
}

/** Tokens by model, and what they cost together. */
export interface Accounting extends Cost {
  readonly usage: readonly ModelUsage[];
}

/** How an agent's run ended. Only `completed` has an answer. */
export type AgentOutcome =
  | ({ readonly kind: 'completed'; readonly answer: string } & Accounting)
  | ({
      readonly kind:
        | 'not-installed'
        | 'denied'
        | 'timed-out'
        | 'cancelled'
        | 'rate-limited'
        | 'unauthenticated'
        | 'over-budget'
        | 'crashed';
      /** One line for the user: what happened and what to do. */
      readonly message: string;
      /** Milliseconds after which trying again can work, when the program says so. */
      readonly retryAfterMs?: number;
    } & Accounting);

/** A coding agent's command line program. */
export interface Agent {
  readonly name: string;
  /** Version as its key shows it, or a hint how to install it. */
  detect(): Promise<{ readonly version: string } | { readonly missing: string }>;
  run(request: AgentRequest): Promise<AgentOutcome>;
}
