import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { TESTED_NX, TESTS_ALL } from './versions.js';
import { agentCalls } from './workspace/agent-calls.js';
import { TOKENS } from './workspace/cache-server.js';
import { branchTrees, callCounts, runOn, startOn, verdicts } from './workspace/machine-runs.js';
import { createMachines, type MachineOptions, type Machines } from './workspace/machines.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '---\nblocked-by: 1\n---\n# Two pears\n\nPears.\n',
  'docs/issues/3.md': '# Three figs\n\nPLANT BUG\n',
  'docs/issues/5.md': '# Five plums\n\nPlums.\n',
};
const ONCE_EACH = Object.fromEntries(
  ['One apple', 'Two pears'].flatMap((title) => ['plan', 'build', 'review'].map((stage) => [`${stage} ${title}`, 1])),
);

describe.each(TESTED_NX)('machines with one cache server, on nx $nxVersion', (versions) => {
  let machines: Machines;
  let first: Workspace;
  let lonely: Workspace;
  const add = async (issues: string, options: MachineOptions = {}): Promise<Workspace> => {
    const machine = await machines.add(options);
    await succeed(machine.nx('g', 'worktree', `--issue=${issues}`));
    return machine;
  };
  const reviewAll = ['run-many', '-t', 'agent-review'];

  beforeAll(async () => {
    machines = await createMachines({ ...versions, files: ISSUES });
    first = await add('1,2');
  });

  afterAll(() => machines.remove());

  it('pay once: on the second one no agent is called, and branches and verdicts are equal', async () => {
    await succeed(runOn(first, ...reviewAll));
    expect(callCounts(first)).toEqual(ONCE_EACH);
    const second = await add('1,2');
    await succeed(runOn(second, ...reviewAll));
    expect(agentCalls(second)).toEqual([]);
    expect(await branchTrees(second)).toEqual(await branchTrees(first));
    expect(verdicts(second)).toEqual(verdicts(first));
    expect(Object.keys(verdicts(second))).toEqual(['issue-1', 'issue-2']);
  });

  it('tell no agent the token of the cache', () => {
    expect(JSON.stringify(agentCalls(first))).not.toContain(TOKENS.write);
  });

  it('share a rejection too: its gate fails everywhere, and no agent is asked again', async () => {
    const [one, other] = [await add('3'), await add('3')];
    const rejected = await runOn(one, 'run', 'issue-3:agent-review');
    const again = await runOn(other, 'run', 'issue-3:agent-review');
    expect([rejected.exitCode, again.exitCode]).toEqual([1, 1]);
    expect(again.output).toContain('Verdict: changes requested');
    expect(callCounts(one, other)).toEqual({ 'plan Three figs': 1, 'build Three figs': 1, 'review Three figs': 1 });
  });

  it('with a read-only token read, and keep what they make to themselves', async () => {
    const fork = await machines.add({ token: 'read' });
    fork.write('docs/issues/4.md', '# Four limes\n\nLimes.\n');
    await succeed(fork.nx('g', 'worktree', '--issue=1,4'));
    const stored = readdirSync(machines.cache.directory);
    await succeed(runOn(fork, ...reviewAll));
    const own = { 'plan Four limes': 1, 'build Four limes': 1, 'review Four limes': 1 };
    expect(callCounts(fork)).toEqual(own);
    await succeed(runOn(fork, ...reviewAll));
    expect(callCounts(fork)).toEqual(own);
    expect(readdirSync(machines.cache.directory)).toEqual(stored);
    expect(machines.cache.requests()).toContain('PUT 403');
  });

  const unusable = [
    ['cannot be reached', { NX_SELF_HOSTED_REMOTE_CACHE_SERVER: 'http://127.0.0.1:9' }, 'Failed to send request'],
    ['does not know the token', { NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: 'other' }, 'Unauthorized'],
  ] as const;
  it.each(unusable.slice(0, TESTS_ALL ? unusable.length : 1))(
    'end before any agent where the server %s, and go on without it where they are told to',
    async (_, env, message) => {
      const machine = await add('1,5');
      lonely = machine;
      const ended = await startOn(machine, ['run', 'issue-1:agent-review'], env).finished;
      expect(ended.exitCode).toBe(1);
      expect(ended.output).toContain(message);
      expect(agentCalls(machine)).toEqual([]);
      const without = { ...env, NX_SKIP_REMOTE_CACHE: 'true' };
      await succeed(startOn(machine, ['run', 'issue-1:agent-review'], without).finished);
      expect(callCounts(machine)).toEqual({ 'plan One apple': 1, 'build One apple': 1, 'review One apple': 1 });
    },
  );

  it('keep what was paid where the server accepts nothing, and pay for nothing twice', async () => {
    const machine = lonely;
    const paid = agentCalls(machine).length;
    await machines.cache.stop();
    const broken = createServer((request, response) => {
      request.resume();
      response.writeHead(request.method === 'GET' ? 404 : 500, { 'content-type': 'text/plain' }).end('full');
    });
    await new Promise<void>((resolve) => broken.listen(machines.cache.socket, resolve));
    const ended = await runOn(machine, 'run', 'issue-5:agent-review');
    await new Promise((resolve) => broken.close(resolve));
    // Nx 22 and 23 take a result that cannot be stored for an interruption.
    expect(ended.exitCode).toBe(versions.nxVersion.startsWith('24.') ? 1 : 130);
    expect(ended.output).toContain('Misconfigured remote cache endpoint: Unexpected response status: 500');
    expect(agentCalls(machine).length).toBeGreaterThan(paid);
    await succeed(startOn(machine, ['run', 'issue-5:agent-review'], { NX_SKIP_REMOTE_CACHE: 'true' }).finished);
    expect(callCounts(machine)).toMatchObject({ 'plan Five plums': 1, 'build Five plums': 1, 'review Five plums': 1 });
  });
});
