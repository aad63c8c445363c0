import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AgentRequest } from '@nx-fleet/core';
import { describeAgent } from '../agent.contract.js';
import { writeFakeProgram } from '../fake-program.fixture.js';
import { createSpawnRunner } from '../spawn-runner.fixture.js';
import { createClaudeAgent, type ClaudeDefinition } from './claude-agent.js';

const definition = (command: string): ClaudeDefinition => ({ type: 'claude', command, models: {}, passEnv: [] });

const program = {
  name: 'claude',
  version: '2.1.330 (Claude Code)',
  say: `
    print({ type: 'system', subtype: 'init' });
    print({ type: 'assistant', message: { content: [{ type: 'text', text }] } });
    const isStructured = args.includes('--json-schema');
    print({
      type: 'result', subtype: 'success', is_error: false, terminal_reason: 'completed',
      result: isStructured ? 'see the structured output' : text,
      ...(isStructured ? { structured_output: JSON.parse(text) } : {}),
      total_cost_usd: 0.002,
      modelUsage: { 'model-a': { inputTokens: 900, cacheReadInputTokens: 200, cacheCreationInputTokens: 100, outputTokens: 50, costBasis: 'list' } },
    });`,
  refuse: `
    if (status !== 401) {
      print({ type: 'result', subtype: 'success', is_error: true, terminal_reason: 'api_error', api_error_status: status, result: 'API Error: refused', modelUsage: {} });
      process.exitCode = 1;
      return;
    }
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      print({ type: 'system', subtype: 'api_retry', attempt, max_retries: 10, error_status: status, error: 'authentication_failed' });
    }
    setInterval(() => undefined, 1000);`,
  work: `print({ type: 'assistant', message: { id: path, model: 'model-a', content: [{ type: 'tool_use', name: 'Read', input: { file_path: path } }],
    usage: { input_tokens: 90, cache_read_input_tokens: 10, cache_creation_input_tokens: 0, output_tokens: 0 } } });`,
};

describeAgent('claude', {
  install: (folder) => writeFakeProgram(folder, program),
  create: (command, context) => createClaudeAgent('claude', definition(command), context),
  version: '2.1.330',
});

describe('claude with a login that is refused', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nx-fleet-claude-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is stopped at the second refusal instead of retrying for minutes, and says how to log in', async () => {
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ANTHROPIC_API_KEY: 'sk-ant-not-a-key' };
    const context = { commands: createSpawnRunner(), env, workspaceRoot: folder };
    const agent = createClaudeAgent('claude', definition(await writeFakeProgram(folder, program)), context);
    const request: AgentRequest = {
      cwd: folder,
      prompt: '[[unauthorized]]',
      model: null,
      readOnly: true,
      timeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      env: {},
      onProgress: () => undefined,
      onTranscript: () => undefined,
    };
    expect(await agent.run(request)).toMatchObject({ kind: 'unauthenticated', message: expect.stringContaining('set ANTHROPIC_API_KEY') });
    expect(context.commands.commands.at(-1)?.env).toMatchObject({
      ANTHROPIC_API_KEY: 'sk-ant-not-a-key',
      CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    });
  });

  it('is too old below version 2.0.0', async () => {
    const file = await writeFakeProgram(folder, { ...program, version: '1.9.30 (Claude Code)' });
    const context = { commands: createSpawnRunner(), env: { PATH: dirname(process.execPath) + ':/usr/bin:/bin' }, workspaceRoot: folder };
    expect(await createClaudeAgent('claude', definition(file), context).detect()).toEqual({
      missing: expect.stringContaining('Found 1.9.30, need 2.0.0'),
    });
  });
});
