import { z } from 'zod';
import { isPresetName, PRESET_NAMES, PRESETS, type PresetName } from '../agent/presets.js';
import { workspacePath } from './section-settings.js';

/** Models by tier, and the one that is asked when a rate limit or an overload does not pass. */
const models = z.strictObject({ light: z.string(), standard: z.string(), strong: z.string(), fallback: z.string() }).partial();

const everyAgent = {
  /** Model by tier. A tier without one uses the agent's own default. */
  models: models.default({}),
  /** Names of variables of our environment that this agent needs besides the allow-list: its login, a proxy, a base URL. */
  passEnv: z.array(z.string()).default([]),
};

const path = z.string().min(1);
/** Lines in which these paths have these values. */
const where = z.record(path, z.string());

/**
 * Where a part of an agent's JSON output stands: a dot path such as `usage.input_tokens`, or more exactly which lines have it, and what becomes
 * of several. Several paths are added up; one that begins with `-` is subtracted.
 */
const place = z.union([
  path,
  z.strictObject({
    path: z.union([path, z.array(path).min(1)]),
    where: where.default({}),
    combine: z.enum(['last', 'join', 'sum']).default('last'),
    /** What came before the last such line does not count. */
    after: where.optional(),
  }),
]);

const extract = z
  .strictObject({
    text: place,
    inputTokens: place,
    cachedInputTokens: place,
    cacheWriteTokens: place,
    outputTokens: place,
    costUsd: place,
    model: place,
    error: place,
    /** HTTP status of the model's server, where the program tells it. */
    errorStatus: place,
    /** What the program prints once its answer is whole. Any value but `false` and numbers other than 0; what its process does after that is not a failure. */
    finished: place,
  })
  .partial();

const variables = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string());

const commandDefinition = z.strictObject({
  type: z.literal('command'),
  /** Program; a relative path is taken from the workspace. */
  command: z.string().min(1),
  /** `{model}` and `{mode}` (`write` or `read-only`) are filled in. */
  args: z.array(z.string()).default([]),
  /** More arguments, for writers. */
  writeArgs: z.array(z.string()).default([]),
  /** More arguments, for planners and reviewers. */
  readOnlyArgs: z.array(z.string()).default([]),
  /** Variables that the program always gets. No secrets: they are part of each cache key. */
  env: variables.default({}),
  /** More variables, for planners and reviewers. */
  readOnlyEnv: variables.default({}),
  /** Arguments that print the version, which is part of each cache key. */
  versionArgs: z.array(z.string()).default(['--version']),
  /** Package that has the program, for users who lack it. */
  npmPackage: z.string().optional(),
  /** Files or globs of the workspace that are part of the program: a change in them is another version. */
  files: z.array(workspacePath).default([]),
  /** `text`: all of stdout is the answer. `json`: one object. `jsonl`: one object per line, the last one that has a path counts. */
  output: z.enum(['text', 'json', 'jsonl']).default('text'),
  extract: extract.default({}),
  /** What exit codes other than 0 mean, where it is more than a crash. */
  exitCodes: z.record(z.string().regex(/^\d+$/), z.enum(['unauthenticated', 'rate-limited', 'over-budget', 'denied'])).default({}),
  /** What lines of `jsonl` mean for the user; paths in braces are filled in. */
  progress: z.array(z.strictObject({ where, say: z.string().min(1) })).default([]),
  ...everyAgent,
});

export type CommandDefinitionInput = z.input<typeof commandDefinition>;

/** What an option holds under `agents.define`. */
export const definitionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('claude'), command: z.string().min(1).default('claude'), ...everyAgent }),
  z.strictObject({ type: z.literal('codex'), command: z.string().min(1).default('codex'), ...everyAgent }),
  z.strictObject({ type: z.enum(PRESET_NAMES), command: z.string().min(1).optional(), ...everyAgent }),
  commandDefinition,
]);

type ConfiguredDefinition = z.infer<typeof definitionSchema>;

/** An agent as the adapters know it: a preset is a `command`. */
export type AgentDefinition = Exclude<ConfiguredDefinition, { readonly type: PresetName }>;

/** The definition without presets. */
export function resolveDefinition(definition: ConfiguredDefinition): AgentDefinition {
  if (!isPreset(definition)) return definition;
  const { type, command, models: own, passEnv } = definition;
  return presetDefinition(type, { models: own, passEnv, ...(command === undefined ? {} : { command }) });
}

/** An agent that ships with the product, by its name, or undefined. */
export function shippedDefinition(name: string): AgentDefinition | undefined {
  return isPresetName(name) ? presetDefinition(name, { models: {}, passEnv: [] }) : undefined;
}

function isPreset(definition: ConfiguredDefinition): definition is Exclude<ConfiguredDefinition, AgentDefinition> {
  return isPresetName(definition.type);
}

function presetDefinition(
  name: PresetName,
  own: Pick<CommandDefinitionInput, 'models'> & { readonly passEnv: string[]; readonly command?: string },
): AgentDefinition {
  const preset = PRESETS[name];
  return commandDefinition.parse({ type: 'command', ...preset, ...own, passEnv: [...(preset.passEnv ?? []), ...own.passEnv] });
}
