import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { agentCalls } from './workspace/agent-calls.js';
import { callCounts, runOn, verdicts } from './workspace/machine-runs.js';
import { createMachines, type Machines } from './workspace/machines.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const BRANCH = 'issue/1-one-apple';
const REVIEW = ['run', 'issue-1:agent-review'] as const;

describe('the branch of an issue on a runner, with nx g worktree --here', () => {
  let machines: Machines;
  let developer: Workspace;
  const takeHere = (runner: Workspace, ...options: string[]) => runner.nx('g', 'worktree', '--issue=1', '--here', ...options);

  beforeAll(async () => {
    machines = await createMachines({ ...NEWEST_NX, files: { 'docs/issues/1.md': '# One apple\n\nAn apple.\n' } });
    developer = await machines.add();
    await succeed(developer.nx('g', 'worktree', '--issue=1'));
    await succeed(runOn(developer, ...REVIEW));
    await developer.git('push', '-q', 'origin', BRANCH);
  });

  afterAll(() => machines.remove());

  it('finds the verdict that its developer got: no agent is called', async () => {
    const runner = await machines.add({ branch: BRANCH });
    await succeed(takeHere(runner));
    expect((await succeed(runOn(runner, ...REVIEW))).output).toContain('Verdict: approved');
    expect(agentCalls(runner)).toEqual([]);
    expect(verdicts(runner)).toEqual(verdicts(developer));
  });

  it('must be checked out as a branch; and finds the verdict too when the default branch has moved on', async () => {
    developer.write('later.txt', 'x\n');
    await developer.git('add', 'later.txt');
    await developer.git('commit', '-qm', 'later');
    await developer.git('push', '-q', 'origin', 'main');
    const runner = await machines.add();
    await runner.git('checkout', '-q', '--detach', `origin/${BRANCH}`);
    const refused = await takeHere(runner);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain("is on a detached HEAD. Check out the issue's branch first: git switch <branch>");
    await runner.git('switch', '-qc', BRANCH);
    await succeed(takeHere(runner));
    expect((await succeed(runOn(runner, ...REVIEW))).output).toContain('Verdict: approved');
    expect(agentCalls(runner)).toEqual([]);
  });

  it('is checked and reviewed anew, and neither planned nor built, where a person has worked on', async () => {
    const worktree = join(developer.parent, 'shop.worktrees/issue-1');
    await succeed(developer.run('node', ['-e', 'require("fs").writeFileSync("hand.txt", "by hand\\n")'], { cwd: worktree }));
    await developer.git('-C', worktree, 'add', 'hand.txt');
    await developer.git('-C', worktree, 'commit', '-qm', 'by hand');
    await developer.git('push', '-q', 'origin', BRANCH);
    const runner = await machines.add({ branch: BRANCH });
    await succeed(takeHere(runner));
    await succeed(runOn(runner, ...REVIEW));
    expect(callCounts(runner)).toEqual({ 'review One apple': 1 });
    await succeed(runOn(developer, ...REVIEW));
    expect(callCounts(developer)).toEqual({ 'plan One apple': 1, 'build One apple': 1, 'review One apple': 1 });
  });

  it('needs the history: in a shallow clone it is refused, with what to fetch', async () => {
    const runner = await machines.add({ branch: BRANCH });
    await runner.git('fetch', '-q', '--depth=1', 'origin');
    const refused = await takeHere(runner);
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain(`Where "${BRANCH}" starts is not known: this is a shallow clone. Fetch the whole history`);
    expect(agentCalls(runner)).toEqual([]);
  });
});
