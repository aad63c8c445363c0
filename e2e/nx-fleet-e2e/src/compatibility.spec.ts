import { agentCalls, callLog } from './workspace/agent-calls.js';
import { commandsOf } from './workspace/pipelines.js';
import { allocations } from './workspace/fleet-state.js';
import type { Finished } from './workspace/processes.js';
import { reviewedOptions } from './workspace/reviewed-shop.js';
import { SCRIPTED_FILES } from './workspace/scripted-agents.js';
import { createWorkspace, succeed, type Workspace } from './workspace/workspace.js';
import { OLDER_NX } from './versions.js';

const ISSUES = { 'docs/issues/1.md': '# One apple\n\nAn apple.\n', 'docs/issues/2.md': '---\nblocked-by: 1\n---\n# Two pears\n\nPears.\n' };
const PROJECT = { 'packages/a/project.json': '{ "name": "a" }\n', 'packages/a/work-a.txt': 'a\n' };

/** What every supported Nx does; the suites on the newest one run on each of them in `npm run test:all`. */
describe.each(OLDER_NX)('the fleet on nx $nxVersion', (versions) => {
  let workspace: Workspace;
  const nx = (...args: string[]): Promise<Finished> =>
    workspace.startNx([...args, '--output-style=static'], { env: callLog(workspace) }).finished;
  const stages = (): readonly string[] => agentCalls(workspace).map(({ stage, title }) => `${stage} ${title}`);

  beforeAll(async () => {
    workspace = await createWorkspace({
      ...versions,
      files: { ...SCRIPTED_FILES, ...ISSUES, ...PROJECT, 'nx-fleet.json': reviewedOptions() },
    });
    await succeed(workspace.nx('g', 'nx-fleet:init'));
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'first');
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2'));
  });

  afterAll(() => workspace.removeAtRest());

  it('shows its projects, with a blocker as an edge of the graph', async () => {
    const { stdout } = await succeed(workspace.nx('show', 'project', 'issue-2', '--json'));
    expect(JSON.parse(stdout)).toMatchObject({ implicitDependencies: ['issue-1'] });
  });

  it('plans, builds, checks and reviews, a blocker first, and pays for each stage once', async () => {
    await succeed(nx('run-many', '-t', 'agent-review', '-p', 'issue-1,issue-2'));
    const expected = ['plan', 'build', 'review'].flatMap((stage) => [`${stage} One apple`, `${stage} Two pears`]);
    expect(stages().toSorted()).toEqual(expected.toSorted());
    expect(stages().indexOf('build One apple')).toBeLessThan(stages().indexOf('build Two pears'));
    await succeed(nx('run-many', '-t', 'agent-review', '-p', 'issue-1,issue-2'));
    expect(stages()).toHaveLength(expected.length);
  });

  it("reviews a change of the repository's own project once", async () => {
    await workspace.git('switch', '-qc', 'work');
    workspace.write('packages/a/work-a.txt', 'a works\n');
    await workspace.git('commit', '-qam', 'change');
    const before = agentCalls(workspace).length;
    for (const asked of [1, 1]) {
      await succeed(nx('affected', '-t', 'agent-review'));
      expect(agentCalls(workspace)).toHaveLength(before + asked);
    }
    await workspace.git('switch', '-q', 'main');
    await workspace.git('branch', '-qD', 'work');
  });

  it('writes its pipelines, once', async () => {
    await succeed(workspace.nx('g', 'ci', '--provider=github'));
    const written = workspace.read('.github/workflows/nx-fleet-review.yml');
    await succeed(workspace.nx('g', 'ci', '--provider=github'));
    expect(workspace.read('.github/workflows/nx-fleet-review.yml')).toBe(written);
    expect(commandsOf(workspace, '.github/workflows/nx-fleet-review.yml')).toContain('npx nx affected -t agent-review');
    await workspace.git('clean', '-fdq');
    await workspace.git('checkout', '-q', '.');
  });

  it('removes its worktrees', async () => {
    await succeed(workspace.nx('g', 'remove-worktree', '--issue=1,2', '--force'));
    expect(allocations(workspace)).toEqual([]);
    expect((await workspace.git('worktree', 'list')).split('\n')).toHaveLength(1);
  });
});
