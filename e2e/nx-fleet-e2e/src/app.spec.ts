import { existsSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { APP_FILES, APP_OPTIONS, appLog, portOf } from './workspace/fruit-app.js';
import { processesLeft, type Finished, type Running } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { stagesThatRan } from './workspace/stage-runs.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/good.md': '# Good pears\n\nSell them.\n\n- [ ] They are sold\n',
  'docs/issues/bad.md': '# Bad figs\n\nPLANT BUG\n\n- [ ] They are sold\n',
  'docs/issues/bare.md': '# Bare words\n\nBARE\n\n- [ ] They are sold\n',
};

describe('the app of an issue', () => {
  let workspace: Workspace;
  const nx = (...args: readonly string[]): Promise<Finished> => start(...args).finished;
  const start = (...args: readonly string[]): Running => workspace.startNx([...args, '--output-style=static'], { env: callLog(workspace) });
  // With "static", Nx shows nothing of a task before it ends, and this one stays.
  const serve = (): Running => workspace.startNx(['run', 'issue-bare:agent-serve', '--output-style=stream'], { env: callLog(workspace) });
  const stagesOf = (title: string): readonly string[] =>
    agentCalls(workspace)
      .filter((call) => call.title === title)
      .map(({ stage }) => stage);
  const out = (project: string, file: string): string => workspace.read(`.nx-fleet/out/${project}/agent-e2e--inspector/${file}`);

  beforeAll(async () => {
    const options = scriptedOptions({ ...APP_OPTIONS, validate: { agent: 'inspector' } });
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, ...APP_FILES, ...ISSUES, 'nx-fleet.json': options } });
    await succeed(workspace.nx('g', 'worktree', '--issue=good,bad,bare'));
  });

  afterAll(() => workspace.removeAtRest());

  it('is tried by an agent once the checks have passed, and its answers are kept as evidence', async () => {
    const { output } = await succeed(nx('run', 'issue-good:agent-review'));
    expect(output).toContain('Verdict: approved');
    const port = portOf(workspace, 'issue-good');
    expect(appLog(workspace).filter((line) => line.startsWith(String(port)) && !line.endsWith(' /'))).toEqual([
      `${port} started`,
      `${port} GET /fruit`,
      `${port} GET /nowhere`,
    ]);
    expect(stagesOf('Good pears').filter((stage) => stage === 'e2e')).toHaveLength(2);
    expect(JSON.parse(out('issue-good', 'e2e.json'))).toMatchObject({
      verdict: 'approve',
      checks: [{ check: 'They are sold', required: true, passed: true, evidence: ['http-1.txt'] }],
    });
    expect(out('issue-good', 'http-1.txt')).toContain('GET /fruit\n\nStatus 200');
    expect(out('issue-good', 'http-2.txt')).toContain('Status 404');
    expect(out('issue-good', 'http-1.txt')).not.toContain(String(port));
  });

  it('is neither tried nor started again while nothing has changed', async () => {
    const before = [appLog(workspace).length, agentCalls(workspace).length];
    expect(await stagesThatRan(workspace, () => succeed(nx('run', 'issue-good:agent-review')))).toEqual([]);
    expect([appLog(workspace).length, agentCalls(workspace).length]).toEqual(before);
    // Without what is on disk, the result comes from the cache, its evidence too.
    rmSync(join(workspace.root, '.nx-fleet/out/issue-good'), { recursive: true });
    await succeed(nx('run', 'issue-good:agent-review'));
    expect([appLog(workspace).length, agentCalls(workspace).length]).toEqual(before);
    expect(out('issue-good', 'http-1.txt')).toContain('Status 200');
  });

  it('blocks with what does not hold in it, and a fix is tried again', async () => {
    await succeed(nx('run', 'issue-bad:agent-deliver'));
    expect(JSON.parse(out('issue-bad', 'e2e.json'))).toMatchObject({
      verdict: 'request-changes',
      checks: [{ check: 'They are sold', passed: false }],
    });
    expect(stagesOf('Bad figs').filter((stage) => stage === 'fix')).toHaveLength(1);
    expect(JSON.parse(workspace.read('.nx-fleet/out/issue-bad/agent-e2e-2--inspector/e2e.json'))).toMatchObject({ verdict: 'approve' });
  });

  it('proves nothing by words: an answer without evidence is none', async () => {
    const { exitCode, output } = await nx('run', 'issue-bare:agent-review');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('inspector gave no valid answer twice (at "checks": "It is sold" needs evidence');
  });

  it('runs for a person in the worktree as it is, and ends with all that it started', async () => {
    const port = portOf(workspace, 'issue-bare');
    const calls = agentCalls(workspace).length;
    const running = serve();
    await running.until(`ready: http://localhost:${port}/`);
    expect((await fetch(`http://127.0.0.1:${port}/fruit`)).status).toBe(200);
    running.signal('SIGINT');
    const { output } = await running.finished;
    expect(output).toContain(`sells at ${port}`);
    expect(output).not.toContain('\u001b[32msells');
    expect(await processesLeft(workspace.folder)).toEqual([]);
    expect(agentCalls(workspace)).toHaveLength(calls);
  }, 120_000);

  it('is not started where somebody else holds its port, who is named', async () => {
    const port = portOf(workspace, 'issue-bare');
    const server: Server = createServer().listen(port, '127.0.0.1');
    try {
      const { exitCode, output } = await serve().finished;
      expect(exitCode).not.toBe(0);
      expect(output).toContain(`Port ${port} of "issue-bare" is in use by "node`);
      expect(output).toContain(`(process ${process.pid})`);
    } finally {
      server.close();
    }
  });

  it('leaves no process when its Nx is killed, and the same command serves again', async () => {
    const port = portOf(workspace, 'issue-bare');
    const running = serve();
    await running.until('ready:');
    running.signal('SIGKILL');
    await running.finished;
    const again = serve();
    await again.until('ready:');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    again.signal('SIGTERM');
    await again.finished;
    expect(await processesLeft(workspace.folder)).toEqual([]);
    expect(existsSync(worktreeOf(workspace, 'issue-bare'))).toBe(true);
  }, 120_000);
});
