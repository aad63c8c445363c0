import { setTimeout as sleep } from 'node:timers/promises';
import { appSettings } from './app-settings.js';
import { type AppAccess, readAppState, requestApp } from './app-state.js';
import { serveIssue, type ServeRequest } from './serve-issue.js';
import { UserError } from '../../errors/user-error.js';
import type { Command, CommandResult } from '../../host/command.js';
import { parseSettings } from '../../settings/parse-settings.js';
import type { SettingsInput } from '../../settings/settings.js';
import type { StageContext } from '../../stage/stage-context.js';
import { type StagedIssue, type StagedOptions, stageIssue } from '../../stage/staged-issue.contract.js';
import { SERVE_TARGET } from '../../stage/targets.js';

const SERVE: NonNullable<SettingsInput['serve']> = { command: 'npm start -- --port={PORT}' };

interface Served {
  readonly issue: StagedIssue;
  readonly context: StageContext;
  /** What the app is asked for; change it at will. */
  readonly app: { isUp: boolean; status: number | null; isStarted: boolean };
  readonly stop: () => void;
  readonly serve: (changes?: Partial<ServeRequest>, settings?: typeof SERVE) => Promise<void>;
}

/** An app that runs until it is stopped, on a clock that goes on by a second with each look. */
async function served(options: StagedOptions = {}): Promise<Served> {
  const app = { isUp: true, status: 200 as number | null, isStarted: false };
  const runs = async ({ signal }: Command): Promise<Partial<CommandResult>> => {
    app.isStarted = true;
    while (signal?.aborted !== true) await sleep(1);
    app.isStarted = false;
    return { ended: 'cancelled', exitCode: null };
  };
  const issue = await stageIssue({ commands: runs, ...options });
  const controller = new AbortController();
  let time = 0;
  const access: AppAccess = {
    listens: async () => app.isStarted && app.isUp,
    send: async () =>
      app.status === null ? { kind: 'failed', reason: 'no' } : { kind: 'answered', status: app.status, headers: [], body: '' },
    listenerAt: async () => ({ pid: 99, name: 'node\u001b[31m' }),
    pause: () => sleep(1),
  };
  const host = { ...issue.host, now: () => new Date((time += 1_000)) };
  const context = { ...issue.context(SERVE_TARGET), host, signal: controller.signal };
  return {
    issue,
    context,
    app,
    stop: () => controller.abort(),
    serve: (changes, settings = SERVE) =>
      serveIssue(
        {
          settings: appSettings(parseSettings([{ file: 'nx.json', value: { serve: settings } }])),
          readyTimeoutMs: 60_000,
          isOnDemand: false,
          ...changes,
        },
        access,
        context,
      ),
  };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(1);
}

describe('serveIssue', () => {
  it('does not start the app while its database does not answer', async () => {
    const { issue, context } = await served();
    const createBranch = (): Promise<never> => Promise.reject(new UserError('The server is down.'));
    const database = { ...issue.database, createBranch };
    const settings = appSettings(parseSettings([{ file: 'nx.json', value: { serve: SERVE } }]));
    const access = { listens: async () => false, pause: async () => {} } as unknown as AppAccess;
    const before = issue.host.commandLog.length;
    await expect(serveIssue({ settings, readyTimeoutMs: 60_000, isOnDemand: false }, access, { ...context, database })).rejects.toThrow(
      'The server is down.',
    );
    expect(issue.host.commandLog).toHaveLength(before);
  });

  it('runs the app in the worktree with its ports, database and nothing secret, says when it is ready, and ends with its task', async () => {
    const { issue, context, serve, stop } = await served({ env: { PATH: '/bin', GITHUB_TOKEN: 'secret' } });
    const running = serve();
    await until(async () => (await readAppState(SERVE_TARGET, context))?.isReady === true);
    const [port] = Object.values((await issue.host.state.readLocal('issue-42'))?.ports ?? {});
    expect(issue.progress).toContain(`ready: http://localhost:${port}/`);
    expect(issue.host.commandLog.at(-1)).toMatchObject({
      file: 'npm',
      args: ['start', '--', `--port=${port}`],
      cwd: issue.worktree,
      env: { PORT: String(port), DATABASE_URL: 'memory:issue-42' },
    });
    expect(issue.host.commandLog.at(-1)?.env).not.toHaveProperty('GITHUB_TOKEN');
    expect(await readAppState(SERVE_TARGET, context)).toMatchObject({ tree: await issue.git.resolveTree(issue.branchRef), isClean: true });
    stop();
    await running;
    expect(issue.out(SERVE_TARGET, 'app.json')).toBeNull();
    expect(issue.host.strayLog).toContain(issue.worktree);
  });

  it.each([
    ['watches files where a person runs it', {}, false, 'true'],
    ['goes without an Nx daemon where the person does', { NX_DAEMON: 'false' }, false, 'false'],
    ['goes without an Nx daemon where a stage asks for it', {}, true, 'false'],
  ])('%s', async (_, env, isOnDemand, daemon) => {
    const { app, issue, context, serve, stop } = await served({ env });
    if (isOnDemand) await requestApp(SERVE_TARGET, context);
    const running = serve({ isOnDemand });
    await until(() => app.isStarted);
    expect(issue.host.commandLog.at(-1)?.env).toMatchObject({ NX_DAEMON: daemon });
    stop();
    await running;
  });

  it('serves uncommitted work, and says so in its state', async () => {
    const { issue, context, serve, stop } = await served();
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    const running = serve();
    await until(async () => (await readAppState(SERVE_TARGET, context))?.isReady === true);
    expect(await readAppState(SERVE_TARGET, context)).toMatchObject({ isClean: false });
    stop();
    await running;
  });

  it('shows the output without control characters and secrets', async () => {
    const { issue, serve } = await served({ commands: ({ env }) => ({ stdout: `\u001b[31musing ${env['DATABASE_URL'] ?? ''}` }) });
    await expect(serve()).rejects.toThrow('"npm start -- --port={PORT}" ended before it was ready (exit code 0).');
    expect(issue.progress).toContain('using ***');
  });

  it('shows no secret of an env file that the app reads, and no line of a private key', async () => {
    const { issue, serve } = await served({
      commands: ({ onLine, file }) => {
        const lines = ['read-from-a-file', '-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkq', '-----END PRIVATE KEY-----', 'sells'];
        if (file === 'npm') for (const line of lines) onLine?.(line, 'stdout');
        return {};
      },
    });
    issue.host.files.set(`${issue.worktree}/.env`, 'MAIL_TOKEN="read-from-a-file"\n');
    await expect(serve()).rejects.toThrow('ended before it was ready');
    expect(issue.progress.slice(-5)).toEqual(['***', '-----BEGIN PRIVATE KEY-----***', '***', '***', 'sells']);
  });

  it.each([
    { exitCode: null, signal: 'SIGTERM' },
    { exitCode: 143, signal: null },
  ])('takes it for no fault when the app is told to end before us: %j', async (result) => {
    const { serve } = await served({ commands: () => result });
    await expect(serve()).resolves.toBeUndefined();
  });

  it('refuses a port that is taken, and names who holds it', async () => {
    const { issue, serve } = await served();
    const [port = 0] = Object.values((await issue.host.state.readLocal('issue-42'))?.ports ?? {});
    issue.host.listening.add(port);
    const before = issue.host.commandLog.length;
    await expect(serve()).rejects.toThrow(`Port ${port} of "issue-42" is in use by "node" (process 99). End it, then run this again.`);
    expect(issue.host.commandLog).toHaveLength(before);
  });

  it('ends an app that is not ready in time', async () => {
    const { app, serve } = await served();
    app.isUp = false;
    await expect(serve({ readyTimeoutMs: 5_000 })).rejects.toThrow('was not ready after 5 s: nothing listens at http://localhost:');
    expect(app.isStarted).toBe(false);
  });

  it('waits for a status below 400 where a URL is given', async () => {
    const { app, issue, serve, stop } = await served();
    app.status = 503;
    const running = serve({}, { ...SERVE, readyUrl: 'http://127.0.0.1:{PORT}/health' });
    await until(() => app.isStarted);
    await sleep(10);
    expect(issue.progress.join('\n')).not.toContain('ready:');
    app.status = 302;
    await until(() => issue.progress.join('\n').includes('ready:'));
    stop();
    await running;
  });

  it('starts nothing on demand until a living process asks', async () => {
    const { app, context, serve, stop } = await served();
    const running = serve({ isOnDemand: true });
    await sleep(10);
    expect(app.isStarted).toBe(false);
    await requestApp(SERVE_TARGET, context);
    await until(() => app.isStarted);
    stop();
    await running;
  });

  it('ends without having started anything when nobody asked', async () => {
    const { app, serve, stop } = await served();
    const running = serve({ isOnDemand: true });
    stop();
    await running;
    expect(app.isStarted).toBe(false);
  });

  it.each([
    ['http://localhost:{APP_PORT}', '"http://localhost:{APP_PORT}" names {APP_PORT}, which is not a port of this issue. Its ports: PORT,'],
    ['http://example.com:{PORT}', 'must be an http or https URL on localhost'],
    ['{PORT}', 'must be an http or https URL on localhost'],
  ])('refuses the URL %s', async (url, message) => {
    const { serve } = await served();
    await expect(serve({}, { ...SERVE, url })).rejects.toThrow(message);
  });
});
