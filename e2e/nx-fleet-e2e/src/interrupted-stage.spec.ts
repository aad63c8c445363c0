import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX, TESTS_ALL } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { processesLeft, processesOf, untilTrue, type Running } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nHANG build\n',
  'docs/issues/2.md': '# Two pears\n\nHANG review\n',
  'docs/issues/3.md': '# Three figs\n\nHANG build\n',
  'docs/issues/4.md': '# Four limes\n\nGo.\n',
};

describe('a stage that does not get to its end', () => {
  let workspace: Workspace;
  const start = (project: string): Running =>
    workspace.startNx(['run', `${project}:agent-review`, '--output-style=static'], { env: callLog(workspace) });
  const calls = (title: string): readonly string[] =>
    agentCalls(workspace)
      .filter((call) => call.title === title)
      .map(({ stage }) => stage);
  const snapshots = (): readonly string[] => readdirSync(join(workspace.folder, 'tmp')).filter((name) => name.includes('nx-fleet'));

  const untilCalled = (title: string, stage: string): Promise<void> =>
    untilTrue(`${title} is at its ${stage}`, () => calls(title).includes(stage));

  /** Takes the fatal words out of the issue and runs again. */
  async function expectApproval(project: string, title: string): Promise<void> {
    workspace.write(`docs/issues/${project.slice('issue-'.length)}.md`, `# ${title}\n\nGo.\n`);
    await succeed(workspace.nx('g', 'worktree', `--issue=${project.slice('issue-'.length)}`));
    expect((await succeed(start(project).finished)).output).toContain('Verdict: approved');
  }

  beforeAll(async () => {
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, ...ISSUES } });
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2,3,4'));
  });

  afterAll(() => workspace.removeAtRest());

  const signals = [
    ['issue-1', 'One apple', 'build', 'SIGINT'],
    ['issue-2', 'Two pears', 'review', 'SIGTERM'],
  ] as const;

  it.each(signals.slice(0, TESTS_ALL ? signals.length : 1))(
    '%s (%s) ends in its %s at %s with all that the agent started; the same command finishes once the issue is fixed',
    async (project, title, stage, signal) => {
      const running = start(project);
      await untilCalled(title, stage);
      running.signal(signal);
      expect((await running.finished).exitCode).not.toBe(0);
      expect(await processesLeft(workspace.folder)).toEqual([]);
      expect(snapshots()).toEqual([]);
      await expectApproval(project, title);
    },
  );

  it('that was killed with -9 in its build is finished by the same command, which ends the agent that was left', async () => {
    const running = start('issue-3');
    await untilCalled('Three figs', 'build');
    running.signal('SIGKILL');
    expect((await running.finished).exitCode).toBeNull();
    await expectApproval('issue-3', 'Three figs');
    expect(await processesLeft(workspace.folder)).toEqual([]);
  });

  it('that two runs want at the same time is paid once', async () => {
    const runs = [start('issue-4'), start('issue-4')];
    for (const run of runs) expect((await succeed(run.finished)).output).toContain('Verdict: approved');
    expect(calls('Four limes')).toEqual(['plan', 'build', 'review']);
  });
});

/** Leaves a process of its own behind, and its id in HOME; hangs where a file `hang-test` is there, and takes it away. */
const TEST = `const { spawn } = require('node:child_process');
const { appendFileSync, existsSync, rmSync } = require('node:fs');
const home = process.env.HOME;
const child = spawn('sleep', ['641'], { detached: true, stdio: 'ignore' });
child.unref();
appendFileSync(home + '/sleeps', child.pid + '\\n');
if (existsSync(home + '/hang-test')) {
  rmSync(home + '/hang-test');
  setInterval(() => {}, 1000);
}
`;
const TESTED_PROJECT = {
  name: 'basket',
  targets: { test: { command: 'node tools/test.cjs', inputs: ['default', '{workspaceRoot}/work-*.txt'] } },
};

describe('a check that is an Nx of its own', () => {
  let workspace: Workspace;
  const start = (target: string): Running => workspace.startNx(['run', `issue-1:${target}`, '--output-style=static']);
  const sleepsStarted = (): number => readFileSync(join(workspace.folder, 'home/sleeps'), 'utf8').trim().split('\n').length;

  beforeAll(async () => {
    workspace = await createFleet({
      ...NEWEST_NX,
      files: {
        ...SCRIPTED_FILES,
        'docs/issues/1.md': '# One apple\n\nGo.\n',
        'basket/project.json': JSON.stringify(TESTED_PROJECT),
        'tools/test.cjs': TEST,
        'nx-fleet.json': scriptedOptions({
          checks: ['nx run-many -t test', 'nx affected -t test --base={base}'],
          validate: { in: 'fresh' },
        }),
      },
    });
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
  });

  afterAll(() => workspace.removeAtRest());

  it('leaves nothing of what its tasks have started', async () => {
    await succeed(start('agent-build').finished);
    expect(sleepsStarted()).toBe(2);
    expect(await processesLeft(workspace.folder)).toEqual([]);
  });

  it('fails the stage when it is killed, and leaves nothing either; the same command goes on', async () => {
    const flag = join(workspace.folder, 'home/hang-test');
    writeFileSync(flag, '');
    const running = start('agent-validate');
    await untilTrue('the test hangs', () => !existsSync(flag));
    const [inner] = processesOf(workspace.folder).filter(({ command }) => command.includes('run-many -t test'));
    if (inner === undefined) throw new Error('no inner Nx runs');
    process.kill(inner.pid, 'SIGKILL');
    const { exitCode, output } = await running.finished;
    expect(exitCode).not.toBe(0);
    expect(output).toContain('signal SIGKILL');
    expect(await processesLeft(workspace.folder)).toEqual([]);
    await succeed(start('agent-validate').finished);
    expect(await processesLeft(workspace.folder)).toEqual([]);
    expect(sleepsStarted()).toBe(5);
  });
});
