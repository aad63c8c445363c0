import type { AgentPreset } from './presets.js';

const step = { where: { type: 'step_finish' }, combine: 'sum' } as const;
// It continues after an error that passed.
const failure = { where: { type: 'error' }, after: { type: 'step_start' } } as const;

/** opencode, as measured with 1.18. Names of models begin with their vendor: `anthropic/claude-sonnet-5-5`. */
export const opencode: AgentPreset = {
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
