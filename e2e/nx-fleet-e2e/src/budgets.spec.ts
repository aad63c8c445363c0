import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX, TESTED_NX } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { PAID_FILES, paidOptions } from './workspace/paid-agents.js';
import { processesLeft, untilTrue, type Finished, type Running } from './workspace/processes.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '# Two pears\n\nPears.\n',
};
const TITLES = ['One apple', 'Two pears'];

interface Report {
  readonly total: { readonly runs: number; readonly knownUsd: number; readonly unknownRuns: number; readonly inputTokens: number };
  readonly issues: readonly {
    readonly project: string;
    readonly knownUsd: number;
    readonly stages: readonly { readonly target: string }[];
  }[];
  readonly models: readonly { readonly agent: string; readonly model: string; readonly knownUsd: number }[];
  readonly saved: { readonly runs: number; readonly knownUsd: number; readonly paidElsewhere: number };
}

function makeWorkspace(versions: typeof NEWEST_NX | (typeof TESTED_NX)[number], budgets: object): Promise<Workspace> {
  const options = paidOptions(budgets as Record<string, number>);
  return createFleet({ ...versions, files: { ...PAID_FILES, ...ISSUES, 'nx-fleet.json': options } });
}

const review = (workspace: Workspace, projects = 'issue-1,issue-2'): Running =>
  workspace.startNx(['run-many', '-t', 'agent-review', '-p', projects, '--parallel=3', '--output-style=static'], {
    env: callLog(workspace),
  });

/** Stages that agents were asked for, issue by issue. */
const asked = (workspace: Workspace): readonly (readonly string[])[] =>
  TITLES.map((title) =>
    agentCalls(workspace)
      .filter((call) => call.title === title)
      .map(({ stage }) => stage),
  );

async function jsonOf<Result>(command: Promise<Finished>, first: string): Promise<Result> {
  const { stdout } = await succeed(command);
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith(first)) ?? 'null') as Result;
}

const report = (workspace: Workspace): Promise<Report> => jsonOf(workspace.nx('run', 'fleet:report', '--json'), '{');

describe('the budget of an issue', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(NEWEST_NX, { issueUsd: 0.25 });
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2'));
  });

  afterAll(() => workspace.removeAtRest());

  it('stops two issues in the middle before their next stage, says how to go on, and keeps what is done', async () => {
    const { exitCode, output } = await review(workspace).finished;
    expect(exitCode).not.toBe(0);
    expect(asked(workspace)).toEqual(TITLES.map(() => ['plan', 'build']));
    for (const project of ['issue-1', 'issue-2']) {
      expect(output).toContain(
        `The budget of $0.25 for ${project} ("budgets.issueUsd") is used up: $0.30 is spent. agent-review--inspector starts no agent; what is finished is kept. To continue, raise "budgets.issueUsd" in nx-fleet.json, then run again: nx run ${project}:agent-review--inspector`,
      );
      const branch = await workspace.git('for-each-ref', '--format=%(refname:short)', `refs/heads/issue/${project.slice(6)}-*`);
      expect(await workspace.git('log', '--format=%s', `main..${branch}`)).not.toBe('');
    }
    expect(await report(workspace)).toMatchObject({ total: { runs: 4, knownUsd: 0.6, unknownRuns: 0 }, saved: { runs: 0 } });
  });

  it('costs nothing to run against once more', async () => {
    expect((await review(workspace).finished).exitCode).not.toBe(0);
    expect((await report(workspace)).total.runs).toBe(4);
  });

  it('goes on from there once it is raised, with what is done from the cache', async () => {
    workspace.write('nx-fleet.json', paidOptions({ issueUsd: 1 }));
    await succeed(review(workspace).finished);
    expect(asked(workspace)).toEqual(TITLES.map(() => ['plan', 'build', 'review']));
  });

  it('leaves a ledger that tells what was paid, and what the cache saved each command that used it', async () => {
    const { total, issues, models, saved } = await report(workspace);
    expect(total).toMatchObject({ runs: 6, knownUsd: 0.8, inputTokens: 6_000 });
    expect(issues.map(({ project, knownUsd, stages }) => [project, knownUsd, stages.map(({ target }) => target)])).toEqual(
      ['issue-1', 'issue-2'].map((project) => [project, 0.4, ['agent-build--robot', 'agent-plan', 'agent-review--inspector']]),
    );
    expect(models).toMatchObject([
      { agent: 'inspector', model: 'paid-medium', knownUsd: 0.2 },
      { agent: 'robot', model: 'paid-large', knownUsd: 0.2 },
      { agent: 'robot', model: 'paid-medium', knownUsd: 0.4 },
    ]);
    // Two commands had two plans and two builds from the cache.
    expect(saved).toMatchObject({ runs: 8, knownUsd: 1.2, paidElsewhere: 0 });
    await succeed(review(workspace).finished);
    expect((await report(workspace)).saved).toMatchObject({ runs: 14, knownUsd: 2, paidElsewhere: 0 });
    expect((await report(workspace)).total.runs).toBe(6);
  });

  it('shows in the status of the fleet', async () => {
    const { output } = await succeed(workspace.nx('run', 'fleet:status'));
    expect(output).toMatch(/issue-1 .+ \$0\.40 +\$0\.40 +approved/);
    expect((await succeed(workspace.nx('run', 'fleet:report', '--since=1h'))).output).toMatch(/all +6 .+\$0\.80/);
    const { exitCode, output: refusal } = await workspace.nx('run', 'fleet:report', '--since=whenever');
    expect([exitCode === 0, refusal.includes('"whenever" is not a time to count from')]).toEqual([false, true]);
  });

  it('knows of a run that was killed with -9, and stops behind it, and its agent, when it is told to', async () => {
    workspace.write('docs/issues/1.md', '# One apple\n\nHANG build\n');
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
    const running = review(workspace, 'issue-1');
    await untilTrue('it is built again', () => asked(workspace)[0]?.filter((stage) => stage === 'build').length === 2);
    running.signal('SIGKILL');
    await running.finished;
    workspace.write('nx-fleet.json', paidOptions({ issueUsd: 10, unknown: 'stop' }));
    const { output } = await review(workspace, 'issue-1').finished;
    expect(output).toContain('Cost unknown for 1 agent run of issue-1, and "budgets.unknown" is "stop".');
    expect(await processesLeft(workspace.folder)).toEqual([]);
    expect((await report(workspace)).total).toMatchObject({ knownUsd: 0.9, unknownRuns: 1 });
  });

  it('tells what others had paid for from what was paid here', async () => {
    rmSync(join(workspace.root, '.nx-fleet/local/ledger'), { recursive: true });
    await succeed(review(workspace, 'issue-2').finished);
    expect(await report(workspace)).toMatchObject({ total: { runs: 0 }, saved: { runs: 3, knownUsd: 0.4, paidElsewhere: 3 } });
    expect((await succeed(workspace.nx('run', 'fleet:status'))).output).toMatch(/issue-2 .+ \$0\.40 +- +approved/);
  });
});

describe.each(TESTED_NX)('the budget of a command, on nx $nxVersion', (versions) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(versions, { runUsd: 0.05 });
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
  });

  afterAll(() => workspace.remove());

  it('counts what all tasks of this command cost, and nothing of another', async () => {
    const first = await review(workspace, 'issue-1').finished;
    expect(first.output).toContain('The budget of $0.05 for this command ("budgets.runUsd") is used up: $0.10 is spent.');
    expect(asked(workspace)[0]).toEqual(['plan']);
    await review(workspace, 'issue-1').finished;
    expect(asked(workspace)[0]).toEqual(['plan', 'build']);
    await succeed(review(workspace, 'issue-1').finished);
    expect(asked(workspace)[0]).toEqual(['plan', 'build', 'review']);
  });
});
