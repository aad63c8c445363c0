import { rmSync } from 'node:fs';
import { NEWEST_NX, TESTS_ALL } from './versions.js';
import { agentCalls } from './workspace/agent-calls.js';
import { forge, storedFile, type Unpacked } from './workspace/forged-artifacts.js';
import { callCounts, runOn } from './workspace/machine-runs.js';
import { createMachines, type Machines } from './workspace/machines.js';
import { succeed, type Workspace } from './workspace/workspace.js';

interface Forgery {
  readonly what: string;
  readonly target: string;
  readonly change: (artifacts: Unpacked) => void;
  /** What the next stage or the gate says. */
  readonly says: string;
  /** Which stages are paid for without the cache: the forged one, and those after it, which were not fetched. */
  readonly again: readonly string[];
}

const NOTHING = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const REVIEW = 'agent-review--inspector';
const BUILD = 'agent-build--robot';

const ALL_FORGERIES: readonly Forgery[] = [
  {
    what: 'an approval of another state of the branch',
    target: REVIEW,
    change: ({ change }) => change('review.json', { tree: NOTHING }),
    says: 'The review by inspector is of another state of "issue/',
    again: ['review'],
  },
  {
    what: 'an approval that hides the change in its base',
    target: REVIEW,
    change: ({ change, json }) => change('review.json', { baseTree: json('review.json')['tree'] }),
    says: 'The review by inspector compares "issue/',
    again: ['review'],
  },
  {
    what: 'an approval by another reviewer',
    target: REVIEW,
    change: ({ change }) => change('review.json', { reviewer: 'robot' }),
    says: 'No valid review of "{issue}" by inspector.',
    again: ['review'],
  },
  {
    what: 'an approval that is no review',
    target: REVIEW,
    change: ({ write }) => write('review.json', '{ "verdict": "approve" }'),
    says: 'No valid review of "{issue}" by inspector.',
    again: ['review'],
  },
  {
    what: 'a build whose head holds other files than it says',
    target: BUILD,
    change: ({ change }) => change('build.json', { tree: NOTHING }),
    says: 'holds other files than it says',
    again: ['build', 'review'],
  },
  {
    what: 'a build that hides its work in its base',
    target: BUILD,
    change: ({ change, json }) => change('build.json', { baseTree: json('build.json')['tree'] }),
    says: 'Rejected the stored build by robot of "{issue}": it starts from',
    again: ['build', 'review'],
  },
  {
    what: 'a build whose bundle is none',
    target: BUILD,
    change: ({ write }) => write('branch.bundle', 'PACK'),
    says: 'Rejected the stored build by robot of "{issue}": its branch.bundle cannot be read.',
    again: ['build', 'review'],
  },
  {
    what: 'checks of another state of the branch',
    target: 'agent-validate',
    change: ({ change }) => change('validation.json', { tree: NOTHING }),
    says: 'Rejected the stored validation of "{issue}": it is of 4b825dc6 against',
    again: ['review'],
  },
  {
    what: 'checks that hide the change in their base',
    target: 'agent-validate',
    change: ({ change, json }) => change('validation.json', { baseTree: json('validation.json')['tree'] }),
    says: 'Rejected the stored validation of "{issue}": it is of',
    again: ['review'],
  },
  {
    what: 'a plan that is none',
    target: 'agent-plan',
    change: ({ change }) => change('plan.json', { steps: 'rm -rf' }),
    says: '"{issue}" has no plan of this version.',
    again: ['plan', 'build', 'review'],
  },
];
/** Otherwise the first of a review and of a build. */
const FORGERIES = ALL_FORGERIES.filter(
  ({ target }, index) =>
    TESTS_ALL || ([REVIEW, BUILD].includes(target) && ALL_FORGERIES.findIndex((other) => other.target === target) === index),
);

const projectOf = (index: number): string => `issue-${index + 1}`;
const titleOf = (index: number): string => `Fruit ${String.fromCharCode(97 + index)}`;
const timesEach = (stages: readonly string[], count: number): Readonly<Record<string, number>> =>
  Object.fromEntries(stages.map((stage) => [stage, count]));
const files = Object.fromEntries(FORGERIES.map((_, index) => [`docs/issues/${index + 1}.md`, `# ${titleOf(index)}\n\nA fruit.\n`]));

describe('somebody who can write to the cache', () => {
  let machines: Machines;
  let victim: Workspace;
  let forged: readonly (readonly [project: string, target: string, file: string])[];
  const review = (index: number, ...options: string[]) => runOn(victim, 'run', `${projectOf(index)}:agent-review`, ...options);
  /** How often each agent was called for an issue on the machine that reads the forgeries. */
  const callsFor = (index: number): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(callCounts(victim)).flatMap(([call, count]) =>
        call.endsWith(` ${titleOf(index)}`) ? [[call.slice(0, -titleOf(index).length - 1), count]] : [],
      ),
    );
  const addMachine = async (): Promise<Workspace> => {
    const machine = await machines.add();
    await succeed(machine.nx('g', 'worktree', `--issue=${FORGERIES.map((_, index) => index + 1).join(',')}`));
    return machine;
  };

  beforeAll(async () => {
    machines = await createMachines({ ...NEWEST_NX, files });
    await succeed(runOn(await addMachine(), 'run-many', '-t', 'agent-review'));
    forged = FORGERIES.map(({ target }, index) => [projectOf(index), target, storedFile(machines, projectOf(index), target)] as const);
    for (const [index, { target, change }] of FORGERIES.entries()) forge(machines, [projectOf(index), target], change);
    victim = await addMachine();
  });

  afterAll(() => machines.remove());

  it.each(FORGERIES.map((forgery, index) => ({ ...forgery, index })))(
    'gets nothing through with $what: it is refused, and made anew without the cache',
    async ({ index, says, again }) => {
      const refused = await review(index);
      expect(refused.exitCode).toBeGreaterThan(0);
      expect(refused.output).toContain(says.replace('{issue}', projectOf(index)));
      expect(refused.output).not.toContain('Verdict: approved');
      expect(callsFor(index)).toEqual({});

      const anew = await succeed(review(index, '--skip-nx-cache'));
      expect(anew.output).toContain('Verdict: approved');
      expect(callsFor(index)).toEqual(timesEach(again, 1));
    },
  );

  it('leaves nothing behind once the entries are deleted at the server and the cache of the machine that read them is reset: nothing is paid for twice', async () => {
    for (const [project, target, file] of forged) {
      rmSync(file);
      expect(() => storedFile(machines, project, target)).toThrow('has not been stored');
    }
    await succeed(victim.nx('reset'));
    await succeed(runOn(victim, 'run-many', '-t', 'agent-review'));
    for (const [index, { again }] of FORGERIES.entries()) expect(callsFor(index)).toEqual(timesEach(again, 1));
    const next = await addMachine();
    await succeed(runOn(next, 'run-many', '-t', 'agent-review'));
    expect(agentCalls(next)).toEqual([]);
  });
});
