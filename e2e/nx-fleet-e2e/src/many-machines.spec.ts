import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX, TESTS_ALL } from './versions.js';
import { agentCalls } from './workspace/agent-calls.js';
import { branchTrees, callCounts, runOn, startOn, verdicts } from './workspace/machine-runs.js';
import { createMachines, type Machines } from './workspace/machines.js';
import { processesLeft, untilTrue } from './workspace/processes.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const MACHINES = 5;
const ISSUES = 20;
const NAMES = ['apple', 'pear', 'fig', 'lime', 'plum', 'date', 'kiwi', 'mango', 'melon', 'peach'];
/** The stages in their order: each needs what the one before has made. */
const STAGES = ['agent-plan', 'agent-build', 'agent-validate', 'agent-review'];

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const titleOf = (issue: number): string => `${NAMES[issue % NAMES.length]} of basket ${String.fromCharCode(96 + issue)}`;
const files = Object.fromEntries(numbers(ISSUES).map((issue) => [`docs/issues/${issue}.md`, `# ${titleOf(issue)}\n\nA fruit.\n`]));

function callsOf(issues: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(issues.flatMap((issue) => ['plan', 'build', 'review'].map((stage) => [`${stage} ${titleOf(issue)}`, 1])));
}

// In small it is what the suite of the remote cache tests.
(TESTS_ALL ? describe : describe.skip)(`${ISSUES} issues on ${MACHINES} machines with one cache server`, () => {
  let machines: Machines;
  let all: readonly Workspace[];

  beforeAll(async () => {
    machines = await createMachines({ ...NEWEST_NX, files });
    all = await Promise.all(numbers(MACHINES).map(() => machines.add()));
    const made = all.map((machine) => succeed(machine.nx('g', 'worktree', `--issue=${numbers(ISSUES).join(',')}`)));
    await Promise.all(made);
  });

  afterAll(async () => {
    const left = await processesLeft(join(machines.origin, '..', 'machine-'));
    await machines.remove();
    expect(left).toEqual([]);
  });

  it('are planned, built, checked and reviewed each on another machine, at the same time, and each agent is called once', async () => {
    for (const [round, stage] of STAGES.entries()) {
      const running = all.map((machine, index) => {
        const share = numbers(ISSUES).filter((issue) => (issue + round) % MACHINES === index);
        return succeed(runOn(machine, 'run-many', '-t', stage, '-p', share.map((issue) => `issue-${issue}`).join(',')));
      });
      await Promise.all(running);
    }
    expect(callCounts(...all)).toEqual(callsOf(numbers(ISSUES)));
    // Nobody did all the work.
    for (const machine of all) expect(agentCalls(machine)).toHaveLength((3 * ISSUES) / MACHINES);
  });

  it('come out equal on every machine, and no agent is asked again', async () => {
    await Promise.all(all.map((machine) => succeed(runOn(machine, 'run-many', '-t', 'agent-review'))));
    expect(callCounts(...all)).toEqual(callsOf(numbers(ISSUES)));
    const [trees] = await Promise.all(all.map(branchTrees));
    expect(trees).toHaveLength(ISSUES);
    for (const machine of all) {
      expect(await branchTrees(machine)).toEqual(trees);
      expect(verdicts(machine)).toEqual(verdicts(all[0] ?? machine));
      expect(Object.keys(verdicts(machine))).toHaveLength(ISSUES);
    }
  });
});

describe('a machine that is killed in mid-stage', () => {
  const counts = (plan: number, build: number, review: number): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries({ plan, build, review }).map(([stage, count]) => [`${stage} ${titleOf(1)}`, count]));
  let machines: Machines;
  const add = async (): Promise<Workspace> => {
    const machine = await machines.add();
    await succeed(machine.nx('g', 'worktree', '--issue=1'));
    return machine;
  };

  beforeAll(async () => {
    machines = await createMachines({ ...NEWEST_NX, files });
  });
  afterAll(() => machines.remove());

  it('loses that stage only: another one goes on from what it had, and it gets the rest itself when it is back', async () => {
    const killed = await add();
    const hang = join(killed.env['HOME'] ?? '', 'hang-build');
    writeFileSync(hang, '');
    const running = startOn(killed, ['run', 'issue-1:agent-review']);
    await untilTrue('two agents are called', () => agentCalls(killed).length >= 2);
    running.signal('SIGKILL');
    expect((await running.finished).exitCode).toBeNull();
    rmSync(hang);

    const other = await add();
    await succeed(runOn(other, 'run', 'issue-1:agent-review'));
    expect(callCounts(other)).toEqual({ [`build ${titleOf(1)}`]: 1, [`review ${titleOf(1)}`]: 1 });

    await succeed(runOn(killed, 'run', 'issue-1:agent-review'));
    expect(callCounts(killed, other)).toEqual(counts(1, 2, 1));
    expect(await branchTrees(killed)).toEqual(await branchTrees(other));
    expect(await processesLeft(killed.folder)).toEqual([]);
  });
});
