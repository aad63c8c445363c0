import type { AgentPreset } from './presets.js';

/** GitHub Copilot CLI, as measured with 1.0. It writes its tokens to a file only, so they are unknown. */
export const copilot: AgentPreset = {
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
