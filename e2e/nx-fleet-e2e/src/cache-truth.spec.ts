import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { itInFull, TESTED_NX, TESTS_ALL } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { stagesThatRan } from './workspace/stage-runs.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ALL = ['agent-build--robot', 'agent-plan', 'agent-review--inspector', 'agent-validate'];
const stages = (project: string, ...targets: string[]): string[] =>
  (targets.length === 0 ? ALL : targets).map((target) => `${project}:${target}`);
const REVIEW_ONLY = ['agent-review--inspector'];
/** Whose reviews a change of the options or of a prompt is tried on. */
const REVIEWED = TESTS_ALL ? ['issue-1', 'issue-2', 'issue-3'] : ['issue-2'];
const AFTER_BUILD = ['agent-review--inspector', 'agent-validate'];

describe.each(TESTED_NX)('what is paid for again, on nx $nxVersion', (versions) => {
  let workspace: Workspace;
  const run = async (...projects: readonly string[]): Promise<readonly string[]> => {
    const args = ['run-many', '-t', 'agent-review', '--output-style=static', ...(projects.length === 0 ? [] : ['-p', projects.join()])];
    const ran = await stagesThatRan(workspace, () => succeed(workspace.nx(...args)));
    // Issue 3 waits for the delivery of issue 1, which asks no agent where nothing is to be fixed: `agent-calls` are counted in deliver.spec.ts.
    return ran.filter((stage) => !/:agent-(?:fix|[a-z]+-\d)/.test(stage));
  };
  const commit = (message: string): Promise<string> => workspace.git('commit', '-qam', message);
  const worktree = (project: string): string => join(workspace.parent, 'shop.worktrees', project);

  /** What an earlier test has paid for is there after each change; otherwise the next test shows it. */
  const expectPaidBefore = async (): Promise<void> => {
    if (TESTS_ALL) expect(await run()).toEqual([]);
  };

  beforeAll(async () => {
    const issues = {
      'docs/issues/1.md': '# One apple\n\nAn apple.\n',
      'docs/issues/2.md': '# Two pears\n\nPears.\n',
      'docs/issues/3.md': '---\nblocked-by: 1\n---\n# Three figs\n\nFigs.\n',
    };
    workspace = await createFleet({ ...versions, files: { ...SCRIPTED_FILES, ...issues } });
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2,3'));
  });

  afterAll(() => workspace.remove());

  it('pays for each stage of each issue once', async () => {
    expect(await run()).toEqual([...stages('issue-1'), ...stages('issue-2'), ...stages('issue-3')].sort());
    expect(await run()).toEqual([]);
  });

  it('pays for nothing when a main branch moves on, a file outside is edited or a commit message is amended', async () => {
    workspace.write('unrelated.txt', 'x\n');
    await workspace.git('add', 'unrelated.txt');
    await commit('unrelated');
    await workspace.git('-C', worktree('issue-2'), 'commit', '-q', '--amend', '-m', 'another message');
    expect(await run()).toEqual([]);
  });

  it('pays for all stages of an issue whose text changed, and moves the one over that starts from it, which is checked and reviewed', async () => {
    workspace.write('docs/issues/1.md', '# One apple\n\nA red apple.\n');
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
    const ran = await run();
    expect(ran).toEqual(expect.arrayContaining([...stages('issue-1'), ...stages('issue-3', 'agent-build--robot', ...AFTER_BUILD)]));
    expect(ran).not.toContain('issue-3:agent-plan');
    expect(ran.filter((stage) => stage.startsWith('issue-2'))).toEqual([]);
    expect(await run()).toEqual([]);
  });

  it("checks and reviews a person's commit, and plans and builds nothing", async () => {
    await workspace.git('-C', worktree('issue-2'), 'commit', '-q', '--allow-empty', '-m', 'empty');
    expect(await run('issue-2')).toEqual([]);
    await workspace.run('node', ['-e', 'require("fs").writeFileSync("hand.txt", "by hand\\n")'], { cwd: worktree('issue-2') });
    await workspace.git('-C', worktree('issue-2'), 'add', '-A');
    await workspace.git('-C', worktree('issue-2'), 'commit', '-qm', 'by hand');
    expect(await run('issue-2')).toEqual(stages('issue-2', ...AFTER_BUILD));
    expect(await run('issue-2')).toEqual([]);
  });

  it('refuses a dirty worktree, whose state no key can cover', async () => {
    await workspace.run('node', ['-e', 'require("fs").writeFileSync("dirty.txt", "x")'], { cwd: worktree('issue-2') });
    const refused = await workspace.nx('run', 'issue-2:agent-review');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain('has uncommitted changes ("dirty.txt")');
    rmSync(join(worktree('issue-2'), 'dirty.txt'));
    expect(await run('issue-2')).toEqual([]);
  });

  it('reviews anew for another model of the reviewer, and nothing else', async () => {
    const { agents } = JSON.parse(scriptedOptions()) as { agents: object };
    workspace.write('nx-fleet.json', scriptedOptions({ agents: { ...agents, tiers: { review: 'light' } } }));
    expect(await run(...REVIEWED)).toEqual(REVIEWED.flatMap((project) => stages(project, ...REVIEW_ONLY)));
    workspace.write('nx-fleet.json', scriptedOptions());
    await expectPaidBefore();
  });

  it('reviews anew for another review prompt, and nothing else', async () => {
    workspace.write('nx-fleet.json', scriptedOptions({ prompts: 'tools/prompts' }));
    expect(await run(...REVIEWED)).toEqual([]);
    for (const words of TESTS_ALL ? ['', 'Stricter.\n'] : ['']) {
      workspace.write('tools/prompts/review.md', `You review a change.\n${words}{{spec}}\nThe change:\n{{diff}}\n{{checks}}\n`);
      expect(await run(...REVIEWED)).toEqual(REVIEWED.flatMap((project) => stages(project, ...REVIEW_ONLY)));
    }
    rmSync(join(workspace.root, 'tools/prompts'), { recursive: true });
    workspace.write('nx-fleet.json', scriptedOptions());
    await expectPaidBefore();
  });

  it('pays for nothing when only the gate or a limit changes', async () => {
    workspace.write('nx-fleet.json', scriptedOptions({ review: { blockOn: 'critical' }, limits: { agentMinutes: 5 } }));
    expect(await run(...REVIEWED)).toEqual([]);
    workspace.write('nx-fleet.json', scriptedOptions());
  });

  itInFull('runs another reviewer in addition, and no other stage', async () => {
    const { agents } = JSON.parse(scriptedOptions()) as { agents: object };
    workspace.write('nx-fleet.json', scriptedOptions({ agents: { ...agents, reviewers: ['inspector', 'robot'] } }));
    expect(await run()).toEqual(['issue-1', 'issue-2', 'issue-3'].map((project) => `${project}:agent-review--robot`));
    workspace.write('nx-fleet.json', scriptedOptions());
    await expectPaidBefore();
  });

  it('restores a branch that was reset, from the bundle, without any agent', async () => {
    const head = await workspace.git('rev-parse', 'issue/1-one-apple');
    const base = await workspace.git('merge-base', 'main', 'issue/1-one-apple');
    await workspace.git('-C', worktree('issue-1'), 'reset', '-q', '--hard', base);
    expect(await run('issue-1')).toEqual([]);
    expect(await workspace.git('rev-parse', 'issue/1-one-apple')).toBe(head);
  });

  it('asks every agent again about an issue that is to be done again, once, and checks an equal build no second time', async () => {
    await succeed(workspace.nx('g', 'worktree', '--issue=3', '--again'));
    expect(await run()).toEqual(stages('issue-3', 'agent-build--robot', 'agent-plan', ...REVIEW_ONLY));
    expect(await run()).toEqual([]);
  });

  itInFull('stores nothing of a stage whose options change while it waits', async () => {
    const { agents } = JSON.parse(scriptedOptions()) as { agents: object };
    await succeed(workspace.nx('g', 'worktree', '--issue=1', '--again'));
    const running = workspace.startNx(['run', 'issue-1:agent-review', '--output-style=static'], { env: callLog(workspace) });
    let isOver = false;
    void running.finished.then(() => (isOver = true));
    const isBuilding = (): boolean => agentCalls(workspace).some(({ stage }) => stage === 'build');
    while (!isOver && !isBuilding()) await new Promise((resolve) => setTimeout(resolve, 20));
    workspace.write('nx-fleet.json', scriptedOptions({ agents: { ...agents, tiers: { review: 'light' } } }));
    const { exitCode, output } = await running.finished;
    expect(output).toContain('The options of this stage changed after Nx made its cache key');
    // Nx 22 and 23 give 130 here, Nx 24 gives 1.
    expect(exitCode).toBeGreaterThan(0);
    workspace.write('nx-fleet.json', scriptedOptions());
    expect(await run()).toContain('issue-1:agent-review--inspector');
    expect(await run()).toEqual([]);
  });

  it('runs everything with the agent when its program changes', async () => {
    workspace.write('tools/agent.mjs', `${SCRIPTED_FILES['tools/agent.mjs'] ?? ''}// another version\n`);
    const ran = await stagesThatRan(workspace, () => succeed(workspace.nx('run', 'issue-1:agent-review')));
    expect(ran).toEqual(expect.arrayContaining(stages('issue-1', 'agent-plan', 'agent-build--robot', 'agent-review--inspector')));
  });
});
