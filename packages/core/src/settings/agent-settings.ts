import { z } from 'zod';
import { PRESET_NAMES } from '../agent/presets.js';
import { definitionSchema, resolveDefinition, shippedDefinition, type AgentDefinition } from './agent-definition.js';

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const agentName = z.string().regex(NAME, 'expected lower-case letters, digits and single hyphens');
const tier = z.enum(['light', 'standard', 'strong']);
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
    define: z.record(agentName, definitionSchema).default({}),
  })
  .transform(({ planner, define, ...rest }) => {
    const named = { ...rest, planner: planner ?? rest.writer };
    return { ...named, define: { ...shipped(named), ...resolved(define) } };
  })
  .superRefine((agents, context) => {
    const known = [...new Set([...Object.keys(agents.define), ...PRESET_NAMES])];
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

export type AgentsSettings = z.infer<typeof agentsSchema>;

const BUILT_IN = {
  claude: resolveDefinition(definitionSchema.parse({ type: 'claude', models: { light: 'haiku', standard: 'sonnet', strong: 'opus' } })),
  codex: resolveDefinition(definitionSchema.parse({ type: 'codex' })),
};

type Definitions = Readonly<Record<string, AgentDefinition>>;

/** Agents that need no definition. Each known agent costs every issue three targets, so a preset is known only where somebody names it. */
function shipped({
  writer,
  planner,
  reviewers,
}: {
  readonly writer: string;
  readonly planner: string;
  readonly reviewers: readonly string[];
}): Definitions {
  const named = [...new Set([writer, planner, ...reviewers])].flatMap((name) => {
    const definition = shippedDefinition(name);
    return definition === undefined ? [] : [[name, definition] as const];
  });
  return { ...BUILT_IN, ...Object.fromEntries(named) };
}

function resolved(define: Readonly<Record<string, z.infer<typeof definitionSchema>>>): Definitions {
  return Object.fromEntries(Object.entries(define).map(([name, definition]) => [name, resolveDefinition(definition)]));
}
