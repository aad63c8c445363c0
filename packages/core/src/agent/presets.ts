import type { CommandDefinitionInput } from '../settings/agent-definition.js';

/** GitHub Copilot CLI, as measured with 1.0. It writes its tokens to a file only, so they are unknown. */
const copilot: AgentPreset = {
  command: 'copilot',
  npmPackage: '@github/copilot',
  // It reads the prompt from standard input as long as there is no -p.
  args: ['--output-format', 'json', '--model', '{model}', '--no-ask-user'],
  writeArgs: ['--allow-all-tools', '--deny-tool', 'shell(git push)'],
  readOnlyArgs: ['--available-tools', 'view', 'grep', 'glob'],
  env: { COPILOT_AUTO_UPDATE: 'false' },
  // GITHUB_TOKEN is not among them: it can push.
  passEnv: [
    'COPILOT_GITHUB_TOKEN',
    'COPILOT_MODEL',
    'COPILOT_OFFLINE',
    'COPILOT_PROVIDER_API_KEY',
    'COPILOT_PROVIDER_BASE_URL',
    'COPILOT_PROVIDER_TYPE',
  ],
  output: 'jsonl',
  extract: {
    text: { path: 'data.content', where: { type: 'assistant.message' } },
    finished: { path: 'exitCode', where: { type: 'result' } },
  },
  progress: [
    { where: { type: 'tool.execution_start' }, say: '{data.toolName} {data.arguments.path}{data.arguments.command}' },
    { where: { type: 'assistant.message' }, say: '{data.content}' },
  ],
};

const result = { where: { type: 'result' } } as const;

/** Gemini CLI, as measured with 0.61. */
const gemini: AgentPreset = {
  command: 'gemini',
  npmPackage: '@google/gemini-cli',
  // Without --skip-trust it refuses every folder that is not trusted yet.
  args: ['--output-format', 'stream-json', '--model', '{model}', '--skip-trust'],
  writeArgs: ['--approval-mode', 'auto_edit'],
  readOnlyArgs: ['--approval-mode', 'plan'],
  passEnv: [
    'GEMINI_API_KEY',
    'GOOGLE_API_KEY',
    'GOOGLE_GEMINI_BASE_URL',
    'GOOGLE_GENAI_USE_VERTEXAI',
    'GOOGLE_CLOUD_PROJECT',
    'GOOGLE_CLOUD_LOCATION',
  ],
  output: 'jsonl',
  extract: {
    // An answer comes in pieces; what was said before a tool was used is not part of it.
    text: { path: 'content', where: { type: 'message', role: 'assistant' }, combine: 'join', after: { type: 'tool_result' } },
    inputTokens: { path: 'stats.input_tokens', ...result },
    cachedInputTokens: { path: 'stats.cached', ...result },
    // Its own count of the output leaves out the thoughts, which are paid for as output.
    outputTokens: { path: ['stats.total_tokens', '-stats.input_tokens'], ...result },
    model: { path: 'model', where: { type: 'init' } },
    error: { path: 'error.message', where: { type: 'result', status: 'error' } },
    finished: { path: 'status', where: { type: 'result', status: 'success' } },
  },
  exitCodes: { '41': 'unauthenticated' },
  progress: [
    { where: { type: 'tool_use' }, say: '{tool_name} {parameters.file_path}{parameters.command}{parameters.pattern}' },
    { where: { type: 'error' }, say: '{message}' },
  ],
};

const step = { where: { type: 'step_finish' }, combine: 'sum' } as const;
// It continues after an error that passed.
const failure = { where: { type: 'error' }, after: { type: 'step_start' } } as const;

/** opencode, as measured with 1.18. Names of models begin with their vendor: `anthropic/claude-sonnet-5-5`. */
const opencode: AgentPreset = {
  command: 'opencode',
  npmPackage: 'opencode-ai',
  args: ['run', '--format', 'json', '--model', '{model}'],
  writeArgs: ['--auto'],
  env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
  // Its own `plan` agent still commits; without these permissions it has no such tools.
  readOnlyEnv: { OPENCODE_CONFIG_CONTENT: JSON.stringify({ permission: { edit: 'deny', bash: 'deny', webfetch: 'deny' } }) },
  passEnv: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'OPENCODE_API_KEY'],
  output: 'jsonl',
  extract: {
    text: { path: 'part.text', where: { type: 'text' } },
    inputTokens: { path: ['part.tokens.input', 'part.tokens.cache.read', 'part.tokens.cache.write'], ...step },
    cachedInputTokens: { path: 'part.tokens.cache.read', ...step },
    cacheWriteTokens: { path: 'part.tokens.cache.write', ...step },
    outputTokens: { path: ['part.tokens.output', 'part.tokens.reasoning'], ...step },
    costUsd: { path: 'part.cost', ...step },
    error: { path: 'error.data.message', ...failure },
    errorStatus: { path: 'error.data.statusCode', ...failure },
    finished: { path: 'part.reason', where: { type: 'step_finish', 'part.reason': 'stop' }, after: { type: 'step_start' } },
  },
  progress: [
    { where: { type: 'tool_use' }, say: '{part.tool} {part.state.title}' },
    { where: { type: 'text' }, say: '{part.text}' },
  ],
};

/** A `command` agent that ships with the product. */
export type AgentPreset = Omit<CommandDefinitionInput, 'type' | 'models' | 'files'>;

export const PRESET_NAMES = ['opencode', 'gemini', 'copilot'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const PRESETS: Readonly<Record<PresetName, AgentPreset>> = { opencode, gemini, copilot };

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(PRESETS, name);
}
