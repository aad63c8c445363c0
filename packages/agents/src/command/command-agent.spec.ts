import { describeAgent } from '../agent.contract.js';
import { writeFakeProgram } from '../fake-program.fixture.js';
import { createCommandAgent } from './command-agent.js';
import type { CommandDefinition } from './invocation.js';

const definition = (command: string): CommandDefinition => ({
  type: 'command',
  command,
  args: ['run', '--model', '{model}', '--{mode}'],
  versionArgs: ['--version'],
  files: [],
  output: 'jsonl',
  extract: {
    text: 'message.text',
    inputTokens: 'usage.input',
    cachedInputTokens: 'usage.cached',
    outputTokens: 'usage.output',
    error: 'error',
    errorStatus: 'status',
  },
  writeArgs: [],
  readOnlyArgs: [],
  env: {},
  readOnlyEnv: {},
  exitCodes: {},
  progress: [{ where: { tool: 'read' }, say: 'reads {path}' }],
  models: {},
  passEnv: [],
});

describeAgent('command', {
  install: (folder) =>
    writeFakeProgram(folder, {
      name: 'other-agent',
      version: 'other-agent 1.0 beta',
      say: `print({ message: { text: 'first' } }); print({ message: { text } }); print({ usage: { input: 1200, cached: 200, output: 50 } });`,
      refuse: `print({ error: 'refused', status }); process.exitCode = 1;`,
      work: `print({ tool: 'read', path });`,
    }),
  create: (command, context) => createCommandAgent('other', definition(command), context),
  version: 'other-agent 1.0 beta',
  tellsEnd: false,
});
