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
  /** JSON schema of the answer, in the strict form that all vendors take: every property required, no additional ones. @default free text */
  readonly answerSchema?: Readonly<Record<string, unknown>>;
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

/** Tokens of one model. Unknown is null, never 0. */
export interface ModelUsage {
  readonly model: string | null;
  /** Including what came from the vendor's prompt cache. */
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
}

interface Accounting {
  readonly usage: readonly ModelUsage[];
  /** US dollars, or null when neither the agent nor a price table knows. */
  readonly costUsd: number | null;
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
      /** One line for a person: what happened and what to do. */
      readonly message: string;
    } & Accounting);

/** A coding agent's command line program. */
export interface Agent {
  readonly name: string;
  /** Version as its key shows it, or a hint how to install it. */
  detect(): Promise<{ readonly version: string } | { readonly missing: string }>;
  run(request: AgentRequest): Promise<AgentOutcome>;
}
