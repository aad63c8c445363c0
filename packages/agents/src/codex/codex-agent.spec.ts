import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AgentRequest } from '@nx-fleet/core';
import { describeAgent } from '../agent.contract.js';
import { writeFakeProgram } from '../fake-program.fixture.js';
import { createSpawnRunner } from '../spawn-runner.fixture.js';
import { createCodexAgent, type CodexDefinition } from './codex-agent.js';

const definition = (command: string): CodexDefinition => ({ type: 'codex', command, models: {}, passEnv: [] });

const program = {
  name: 'codex',
  version: 'codex-cli 0.169.0',
  say: `
    const schema = args.indexOf('--output-schema');
    if (schema !== -1) JSON.parse(require('node:fs').readFileSync(args[schema + 1], 'utf8'));
    if (process.env.TMPDIR !== undefined) require('node:fs').writeFileSync(process.env.TMPDIR + '/scratch', 'x');
    print({ type: 'thread.started', thread_id: 't' });
    print({ type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'I start.' } });
    print({ type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text } });
    print({ type: 'turn.completed', usage: { input_tokens: 1200, cached_input_tokens: 200, output_tokens: 50, reasoning_output_tokens: 10 } });`,
  refuse: `
    print({ type: 'turn.failed', error: { message: 'unexpected status ' + status + ' Refused: no, url: http://127.0.0.1:1/v1/responses' } });
    process.exitCode = 1;`,
  work: `print({ type: 'item.started', item: { id: path, type: 'command_execution', command: 'cat ' + path } });`,
};

describeAgent('codex', {
  install: (folder) => writeFakeProgram(folder, program),
  create: (command, context) => createCodexAgent('codex', definition(command), context),
  version: '0.169.0',
});

describe('codex', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nx-fleet-codex-spec-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (prompt: string, overrides: Partial<AgentRequest>) => {
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, OPENAI_API_KEY: 'sk-not-a-key' };
    const commands = createSpawnRunner();
    const agent = createCodexAgent('codex', definition(await writeFakeProgram(folder, program)), { commands, env, workspaceRoot: folder });
    const outcome = await agent.run({
      cwd: folder,
      prompt,
      model: null,
      readOnly: true,
      timeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      env: {},
      onProgress: () => undefined,
      onTranscript: () => undefined,
      ...overrides,
    });
    return { outcome, command: commands.commands.at(-1) };
  };

  it('says how to log in when the login is refused', async () => {
    const { outcome } = await start('[[unauthorized]]', {});
    expect(outcome).toMatchObject({ kind: 'unauthenticated', message: expect.stringContaining('codex login') });
  });

  it('keeps the schema outside the worktree and removes it afterwards', async () => {
    const { outcome, command } = await start('[[structured]]', { answerSchema: { type: 'object' } });
    const file = command?.args[command.args.indexOf('--output-schema') + 1] ?? '';
    expect(outcome.kind).toBe('completed');
    expect(file).toMatch(/nx-fleet-codex-.*schema\.json$/);
    expect(file.startsWith(folder)).toBe(false);
    await expect(readdir(dirname(file))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives a writer a temporary folder of its own, and a reader none', async () => {
    const writer = await start('[[answer]]', { readOnly: false });
    const reader = await start('[[answer]]', { readOnly: true });
    expect(writer.outcome.kind).toBe('completed');
    expect(writer.command?.env['TMPDIR']).toMatch(/nx-fleet-codex-.*tmp$/);
    expect(reader.command?.env).not.toHaveProperty('TMPDIR');
  });

  it('lets commands see the worktree but neither the login nor, in its arguments, any value', async () => {
    const { command } = await start('[[answer]]', {
      env: { DATABASE_URL: 'postgres://u:pw123456789@localhost/db', OPENAI_API_KEY: 'of-the-app-1234' },
    });
    const policy = command?.args.find((word) => word.startsWith('shell_environment_policy.include_only')) ?? '';
    expect(policy).toContain('"DATABASE_URL"');
    expect(policy).not.toContain('OPENAI_API_KEY');
    expect(command?.args.join(' ')).not.toMatch(/pw123456789|sk-not-a-key|of-the-app/);
    expect(command?.env).toMatchObject({ OPENAI_API_KEY: 'sk-not-a-key', DATABASE_URL: 'postgres://u:pw123456789@localhost/db' });
  });
});
