import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Agent, AgentOutcome, AgentRequest, Command } from '@nx-fleet/core';
import type { AgentContext } from './agent-process.js';
import { createSpawnRunner } from './spawn-runner.fixture.js';

const SECRET_URL = 'postgres://app:hunter2hunter2@127.0.0.1:5432/issue_42';

/** What a kind of agent brings: a program that plays it, and the agent that runs a program. */
export interface AgentSubject {
  /** Makes the program in `folder` and returns its path. */
  readonly install: (folder: string) => Promise<string>;
  readonly create: (command: string, context: AgentContext) => Agent;
  readonly version: string;
  /** False where the program does not tell its tokens: then they are unknown. @default true */
  readonly tellsTokens?: boolean;
  /** False where a refused login cannot be told from another failure. @default true */
  readonly tellsLogins?: boolean;
  /** False where the program prints nothing that ends an answer: then only one that is valid counts on its own. @default true */
  readonly tellsEnd?: boolean;
  /** False where a rate limit cannot be told from another failure. @default true */
  readonly tellsRateLimits?: boolean;
}

/** What the caller of an agent may rely on, whichever program it runs. */
export function describeAgent(name: string, subject: AgentSubject): void {
  describe(name, () => {
    let folder: string;
    let context: AgentContext & { readonly commands: { readonly commands: readonly Command[] } };
    let agent: Agent;
    let transcript: string[];
    let progress: string[];

    const run = (prompt: string, overrides: Partial<AgentRequest> = {}): Promise<AgentOutcome> =>
      agent.run({
        cwd: folder,
        prompt,
        model: 'model-a',
        readOnly: false,
        timeoutMs: 30_000,
        idleTimeoutMs: 30_000,
        env: { PORT: '20040', DATABASE_URL: SECRET_URL },
        onProgress: (line) => progress.push(line),
        onTranscript: (line) => transcript.push(line),
        ...overrides,
      });
    const answerOf = async (prompt: string, overrides: Partial<AgentRequest> = {}): Promise<string> => {
      const outcome = await run(prompt, overrides);
      if (outcome.kind !== 'completed') throw new Error(`${outcome.kind}: ${outcome.message}`);
      return outcome.answer;
    };

    beforeEach(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'nx-fleet-agent-')));
      context = { commands: createSpawnRunner(), env: hostEnvironment(folder), workspaceRoot: folder, graceMs: 300 };
      agent = subject.create(await subject.install(folder), context);
      transcript = [];
      progress = [];
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it('tells its version', async () => {
      expect(await agent.detect()).toEqual({ version: subject.version });
    });

    it('answers a prompt of 400 KB', async () => {
      const prompt = `[[answer]] ${'x'.repeat(400_000)}`;
      expect(await answerOf(prompt)).toBe(`I read ${prompt.length} characters`);
    });

    it('counts tokens, cached ones included in the input', async () => {
      const counted = { inputTokens: 1200, cachedInputTokens: 200, outputTokens: 50 };
      const unknown = { inputTokens: null, cachedInputTokens: null, outputTokens: null };
      expect(await run('[[answer]]')).toMatchObject({ usage: [subject.tellsTokens === false ? unknown : counted] });
    });

    it('names the model that answered, or the one that was asked for', async () => {
      expect((await run('[[answer]]')).usage.map(({ model }) => model)).toEqual(['model-a']);
    });

    it('leaves out events that it does not know', async () => {
      expect(await answerOf('[[future]]')).toBe('from today');
    });

    it('says when the login is refused, and what to do', async () => {
      const refused = { kind: 'unauthenticated', message: expect.stringMatching(/[Ll]og in/) };
      expect(await run('[[unauthorized]]')).toMatchObject(subject.tellsLogins === false ? { kind: 'crashed' } : refused);
    });

    it('says when a rate limit is reached, which can pass', async () => {
      expect(await run('[[limited]]')).toMatchObject({ kind: subject.tellsRateLimits === false ? 'crashed' : 'rate-limited' });
    });

    it('tells what it does now in lines that name it, and does not flood a log', async () => {
      await run('[[busy]]');
      expect(progress[0]).toMatch(new RegExp(`^${agent.name}: .*file-0\\.ts \\((?:turn|step) 1`));
      expect(progress.length).toBeLessThan(100);
    });

    it('gives a structured answer as JSON text', async () => {
      const answerSchema = {
        type: 'object',
        properties: { verdict: { type: 'string' } },
        required: ['verdict'],
        additionalProperties: false,
      };
      expect(JSON.parse(await answerOf('[[structured]]', { readOnly: true, answerSchema }))).toEqual({ verdict: 'approve' });
    });

    describe.each(['fails', 'stays', 'complains', 'chatters'])('once it has given its answer, whose process %s', (after) => {
      const isAnswer = (text: string): boolean => text.includes('"verdict"');

      it('has finished: a valid answer counts', async () => {
        const answer = await answerOf(`[[structured]] ((${after}))`, { readOnly: true, isAnswer });
        expect(JSON.parse(answer)).toEqual({ verdict: 'approve' });
      });

      it('has finished: so does a text that the program calls its last', async () => {
        const { kind } = await run(`[[answer]] ((${after}))`, { timeoutMs: 3_000 });
        const isEnd = subject.tellsEnd !== false || after === 'complains';
        expect(kind === 'completed').toBe(isEnd);
      });
    });

    const whereTold = subject.tellsRateLimits === false ? it.skip : it;
    whereTold('is ended within its grace once the model refuses for good, in the words of the vendor', async () => {
      const startedAt = performance.now();
      const outcome = await run('[[broke]] ((stays))', { timeoutMs: 5_000, idleTimeoutMs: 5_000 });
      expect(outcome).toMatchObject({ kind: 'over-budget', message: expect.stringMatching(/It said: .*refused/i) });
      expect(performance.now() - startedAt).toBeLessThan(4_000);
    });

    it('reports a crash with the last line of standard error, and unknown tokens and cost as null', async () => {
      const outcome = await run('[[crash]]');
      expect(outcome).toMatchObject({
        kind: 'crashed',
        costUsd: null,
        usage: [{ inputTokens: null, cachedInputTokens: null, outputTokens: null }],
      });
      expect(outcome.kind !== 'completed' && outcome.message).toMatch(
        /^\S+ ended with exit code 3: out of cheese postgres:\/\/app:\*\*\*@127\.0\.0\.1:5432\/issue_42$/,
      );
    });

    it('takes nonsense for a crash, though the program calls it success', async () => {
      expect(await run('[[nonsense]]')).toMatchObject({ kind: 'crashed', costUsd: null });
    });

    it('ends a program that hangs at the time limit', async () => {
      expect(await run('[[hang]]', { timeoutMs: 1_000 })).toMatchObject({
        kind: 'timed-out',
        message: expect.stringContaining('limits.agentMinutes'),
      });
    });

    it('ends a program that is silent', async () => {
      expect(await run('[[hang]]', { idleTimeoutMs: 1_000 })).toMatchObject({
        kind: 'timed-out',
        message: expect.stringContaining('limits.agentIdleMinutes'),
      });
    });

    it('ends the program when the caller cancels', async () => {
      const cancel = new AbortController();
      const running = run('[[hang]]', { signal: cancel.signal, onTranscript: () => cancel.abort() });
      expect(await running).toMatchObject({ kind: 'cancelled' });
    });

    it('says how to install a program that is not there', async () => {
      agent = subject.create('no-such-agent', context);
      expect(await agent.detect()).toEqual({
        missing: expect.stringMatching(/^"no-such-agent" was not found\. Install it.*agents\.define\./),
      });
      expect(await run('[[answer]]')).toMatchObject({ kind: 'not-installed', message: expect.stringContaining('"no-such-agent"') });
    });

    it('gives the program the allow-list and the worktree, and nothing else of our environment', async () => {
      await answerOf('[[environment]]', { env: { PORT: '20040', PATH: '/tmp/of-the-repository' } });
      const { env } = context.commands.commands.at(-1) ?? { env: {} };
      expect(env).toMatchObject({
        PATH: context.env['PATH'],
        LC_ALL: 'C.UTF-8',
        PORT: '20040',
        NX_DAEMON: 'false',
        NX_ISOLATE_PLUGINS: 'false',
      });
      for (const name of [
        'GITHUB_TOKEN',
        'NEON_API_KEY',
        'CLAUDECODE',
        'CLAUDE_CODE_SESSION_ID',
        'CODEX_SESSION_ID',
        'NX_CLOUD_ACCESS_TOKEN',
        'NODE_OPTIONS',
      ]) {
        expect(env).not.toHaveProperty(name);
      }
    });

    it('shows secrets nowhere', async () => {
      const answer = await answerOf('[[environment]]');
      await run('[[crash]]');
      const all = [answer, ...transcript, ...progress].join('\n');
      expect(answer).toContain('***');
      expect(all).not.toContain('hunter2hunter2');
    });

    it('puts every line into the transcript, and only printable lines into the progress', async () => {
      await run('[[nonsense]]');
      await run('[[crash]]');
      expect(transcript).toEqual(expect.arrayContaining(['\u0000\u001b[31mnot json', 'warming up']));
      // oxlint-disable-next-line no-control-regex
      expect(progress.join('')).not.toMatch(/[\u0000-\u001f]/);
    });
  });
}

function hostEnvironment(home: string): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GITHUB_TOKEN: 'ghp_not_for_agents',
    NEON_API_KEY: 'neon_not_for_agents',
    CLAUDECODE: '1',
    CLAUDE_CODE_SESSION_ID: 'outer',
    CODEX_SESSION_ID: 'outer',
    NX_CLOUD_ACCESS_TOKEN: 'nx_not_for_agents',
    NODE_OPTIONS: '--no-warnings',
  };
}
