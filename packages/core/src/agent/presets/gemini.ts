import type { AgentPreset } from './presets.js';

const result = { where: { type: 'result' } } as const;

/** Gemini CLI, as measured with 0.61. */
export const gemini: AgentPreset = {
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
