import { z } from 'zod';
import { workspacePath } from './workspace-path.js';

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const agentName = z.string().regex(NAME, 'expected lower-case letters, digits and single hyphens');
const tier = z.enum(['light', 'standard', 'strong']);

/** Models by tier, and the one that is asked when a rate limit or an overload does not pass. */
const models = z.strictObject({ light: z.string(), standard: z.string(), strong: z.string(), fallback: z.string() }).partial();

const shared = {
  /** Model by tier. A tier without one uses the agent's own default. */
  models: models.default({}),
  /** Names of variables of our environment that this agent needs besides the allow-list: its login, a proxy, a base URL. */
  passEnv: z.array(z.string()).default([]),
};

/** Where the parts of an agent's JSON answer stand: dot paths such as `result.text` or `usage.input_tokens`. */
const extract = z
  .strictObject({
    text: z.string(),
    inputTokens: z.string(),
    cachedInputTokens: z.string(),
    outputTokens: z.string(),
    costUsd: z.string(),
    model: z.string(),
    error: z.string(),
  })
  .partial();

const definition = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('claude'), command: z.string().min(1).default('claude'), ...shared }),
  z.strictObject({ type: z.literal('codex'), command: z.string().min(1).default('codex'), ...shared }),
  z.strictObject({
    type: z.literal('command'),
    /** Program; a relative path is taken from the workspace. */
    command: z.string().min(1),
    /** `{model}` and `{mode}` (`write` or `read-only`) are filled in. */
    args: z.array(z.string()).default([]),
    /** Arguments that print the version, which is part of each cache key. */
    versionArgs: z.array(z.string()).default(['--version']),
    /** Files or globs of the workspace that are part of the program: a change in them is another version. */
    files: z.array(workspacePath).default([]),
    /** `text`: all of stdout is the answer. `json`: one object. `jsonl`: one object per line, the last one that has a path counts. */
    output: z.enum(['text', 'json', 'jsonl']).default('text'),
    extract: extract.default({}),
    ...shared,
  }),
]);

const amount = z.number().nonnegative();

export const agentsSchema = z
  .strictObject({
    /** Who changes code. */
    writer: agentName.default('claude'),
    /** Who plans. @default the writer */
    planner: agentName.optional(),
    /** Who judges; another vendor than the writer's comes first. */
    reviewers: z.array(agentName).min(1).default(['codex']),
    tiers: z.strictObject({ plan: tier.default('strong'), build: tier.default('standard'), review: tier.default('standard') }).prefault({}),
    /** US dollars per million tokens, by the model's name as `run.json` has it: for models whose cost the agent does not tell. */
    prices: z.record(z.string(), z.strictObject({ input: amount, cachedInput: amount.optional(), output: amount })).default({}),
    /** Agents by name, besides `claude` and `codex`, which are always there and can be changed here. */
    define: z.record(agentName, definition).default({}),
  })
  .transform(({ planner, define, ...rest }) => ({
    ...rest,
    planner: planner ?? rest.writer,
    define: { claude: BUILT_IN.claude, codex: BUILT_IN.codex, ...define } as Record<string, AgentDefinition>,
  }))
  .superRefine((agents, context) => {
    const known = Object.keys(agents.define);
    const check = (name: string, path: (string | number)[]): void => {
      if (!Object.hasOwn(agents.define, name)) {
        context.addIssue({ code: 'custom', path, message: `expected one of ${known.join(', ')}; define "${name}" under agents.define` });
      }
    };
    check(agents.writer, ['writer']);
    check(agents.planner, ['planner']);
    agents.reviewers.forEach((name, index) => check(name, ['reviewers', index]));
    if (new Set(agents.reviewers).size !== agents.reviewers.length) {
      context.addIssue({ code: 'custom', path: ['reviewers'], message: 'expected each reviewer once' });
    }
  });

export type AgentDefinition = z.infer<typeof definition>;

const BUILT_IN = {
  claude: definition.parse({ type: 'claude', models: { light: 'haiku', standard: 'sonnet', strong: 'opus' } }),
  codex: definition.parse({ type: 'codex' }),
};

export type AgentsSettings = z.infer<typeof agentsSchema>;
