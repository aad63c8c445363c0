import { settingsSchema } from '@nx-fleet/core';
import { describeAgent, type AgentSubject } from './agent.contract.js';
import { createAgent } from './create-agent.js';
import { writeFakeProgram, type FakeProgram } from './fake-program.fixture.js';

/** Each preset with a program that prints what the real one prints. */
const PROGRAMS: Readonly<Record<string, FakeProgram>> = {
  opencode: {
    name: 'opencode',
    version: '1.18.33',
    say: `
      print({ type: 'error', error: { name: 'APIError', data: { message: 'overloaded', statusCode: 529, isRetryable: true } } });
      print({ type: 'step_start', part: { type: 'step-start' } });
      print({ type: 'text', part: { type: 'text', text: 'I start.' } });
      print({ type: 'step_finish', part: { reason: 'tool-calls', cost: 0, tokens: { input: 400, output: 20, reasoning: 0, cache: { read: 100, write: 0 } } } });
      print({ type: 'text', part: { type: 'text', text } });
      print({ type: 'step_finish', part: { reason: 'stop', cost: 0, tokens: { input: 500, output: 20, reasoning: 10, cache: { read: 100, write: 100 } } } });`,
    refuse: `
      print({ type: 'error', error: { name: 'APIError', data: { message: 'refused', statusCode: status, isRetryable: false } } });
      process.exitCode = 1;`,
    work: `print({ type: 'tool_use', part: { type: 'tool', tool: 'read', state: { status: 'completed', title: path, output: 'text of it' } } });`,
  },
  gemini: {
    name: 'gemini',
    version: '0.61.0',
    say: `
      print({ type: 'init', session_id: 's', model: 'model-a' });
      print({ type: 'message', role: 'user', content: 'the prompt' });
      print({ type: 'message', role: 'assistant', content: 'I start.', delta: true });
      print({ type: 'tool_use', tool_name: 'read_file', tool_id: '1', parameters: { file_path: 'a.ts' } });
      print({ type: 'tool_result', tool_id: '1', status: 'success', output: 'text of it' });
      const half = Math.ceil(text.length / 2);
      print({ type: 'message', role: 'assistant', content: text.slice(0, half), delta: true });
      print({ type: 'message', role: 'assistant', content: text.slice(half), delta: true });
      print({ type: 'result', status: 'success', stats: { total_tokens: 1250, input_tokens: 1200, output_tokens: 40, cached: 200, input: 1000, tool_calls: 1 } });`,
    refuse: `
      print({ type: 'result', status: 'error', error: { type: 'Error', message: 'refused' }, stats: { total_tokens: 0, input_tokens: 0, output_tokens: 0, cached: 0 } });
      process.exitCode = status === 401 ? 41 : 1;`,
    work: `print({ type: 'tool_use', tool_name: 'read_file', tool_id: path, parameters: { file_path: path } });`,
  },
  copilot: {
    name: 'copilot',
    version: '1.0.102',
    say: `
      print({ type: 'assistant.message', data: { messageId: '1', content: 'I start.', toolRequests: [{ name: 'view' }] } });
      print({ type: 'assistant.message', data: { messageId: '2', content: '', toolRequests: [{ name: 'view' }] } });
      print({ type: 'assistant.message_delta', data: { messageId: '3', deltaContent: text.slice(0, 3) } });
      print({ type: 'assistant.message', data: { messageId: '3', content: text, toolRequests: [] } });
      print({ type: 'result', sessionId: 's', exitCode: 0, usage: { premiumRequests: 1 } });`,
    refuse: `
      process.stderr.write('refused with ' + status + '\\n');
      process.exitCode = 1;`,
    work: `print({ type: 'tool.execution_start', data: { toolCallId: path, toolName: 'view', arguments: { path } } });`,
  },
};

/** What a program does not tell in a form that can be trusted. */
const UNKNOWN: Readonly<Record<string, Partial<AgentSubject>>> = {
  gemini: { tellsRateLimits: false },
  copilot: { tellsTokens: false, tellsLogins: false, tellsRateLimits: false },
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  describeAgent(name, {
    install: (folder) => writeFakeProgram(folder, program),
    create: (command, context) => {
      const definition = { type: name, command, passEnv: ['GEMINI_API_KEY'] };
      const { agents } = settingsSchema.parse({ agents: { reviewers: [name], define: { [name]: definition } } });
      const resolved = agents.define[name];
      if (resolved === undefined) throw new Error(`no definition of ${name}`);
      return createAgent(name, resolved, context);
    },
    version: program.version,
    ...UNKNOWN[name],
  });
}
