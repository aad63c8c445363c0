import { TESTS_ALL } from '../versions.js';
import { registryState } from '../workspace/fleet-state.js';
import { mainWorktreeState } from '../workspace/main-worktree-state.js';
import { processesLeft } from '../workspace/processes.js';
import { createShop } from '../workspace/shop.js';
import { succeed, type Workspace } from '../workspace/workspace.js';
import { createDice } from './dice.js';
import { creation, DOCTOR, removal, rollCommand, type FleetCommand, type FleetIssues } from './fleet-commands.js';
import { fleetFaults } from './fleet-faults.js';
import { answerFaults, riskBackground, riskCommand, runCommand, type FleetRun } from './fleet-runs.js';
import { createPeople, type People } from './people.js';

const ROUNDS = Number(process.env['NX_FLEET_CHAOS_ROUNDS'] ?? (TESTS_ALL ? 8 : 2));
/** The same each time, so that a failure is a change's; with all tests another each time, which finds more. */
const SEED = Number(process.env['NX_FLEET_CHAOS_SEED'] ?? (TESTS_ALL ? Date.now() % 1_000_000 : 20));
const ROUND_MS = 600_000;
const ISSUES = [1, 2, 3, 4, 5, 6];
const ISSUE_FILES = Object.fromEntries(ISSUES.map((issue) => [`docs/issues/${issue}.md`, `# Fruit ${issue}\n\nA fruit.\n`]));
/** So many that a checkout can be killed in its middle. */
const SOURCES = Object.fromEntries(
  Array.from({ length: 500 }, (_, index) => [`src/${index % 20}/file-${index}.txt`, `${index}\n`.repeat(50)]),
);
const MAX_SPARES = 1;
const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

describe(`after commands that are killed at random (NX_FLEET_CHAOS_SEED=${SEED} NX_FLEET_CHAOS_ROUNDS=${ROUNDS})`, () => {
  const dice = createDice(SEED);
  const history: string[] = [];
  let workspace: Workspace;
  let people: People;
  let main: object;

  const note = (line: string): void => void history.push(line);

  function noteRun({ command, wasKilled, finished }: FleetRun): void {
    const end = wasKilled ? 'killed' : `exit code ${finished.exitCode}`;
    note(`nx ${command.args.join(' ')}: ${end}\n      ${finished.output.trim().split('\n').slice(-3).join('\n      ')}`);
  }

  function issuesNow(): FleetIssues {
    const claimed = new Set(registryState(workspace).allocations.map(({ project }) => project));
    const isPresent = (issue: number): boolean => claimed.has(`issue-${issue}`);
    return { present: ISSUES.filter(isPresent), absent: ISSUES.filter((issue) => !isPresent(issue)) };
  }

  /** @throws Error with all that it takes to look into it */
  function expectNoFaults(when: string, faults: readonly string[]): void {
    if (faults.length === 0) return;
    throw new Error(`${when}, with seed ${SEED}:\n- ${faults.join('\n- ')}\n\nWhat happened:\n${history.join('\n')}`);
  }

  /** What cannot even be looked at is a fault as well, and told with the history. */
  async function faultsNow(isRepaired: boolean): Promise<readonly string[]> {
    const question = { workspace, people, main, maxSpares: MAX_SPARES, isRepaired };
    return fleetFaults(question).catch((error: unknown) => [String(error)]);
  }

  async function run(command: FleetCommand): Promise<FleetRun> {
    const result = await runCommand(command, workspace);
    noteRun(result);
    expectNoFaults('A command that nobody disturbed failed', answerFaults(result));
    return result;
  }

  /** The doctor fixes everything, and finds nothing when it looks again. */
  async function callDoctor(): Promise<void> {
    const fixed = await run(DOCTOR);
    const again = await run(DOCTOR);
    const isWell = fixed.finished.exitCode === 0 && again.finished.stdout.split('\n').includes('[]');
    expectNoFaults('The doctor is not done', isWell ? [] : [fixed.finished.output, again.finished.output]);
  }

  /** The commands that were killed, again; then what their refusals advise. */
  async function runAgain(killed: readonly FleetRun[]): Promise<void> {
    for (const { command } of killed) await run(command);
    for (const { project, state } of registryState(workspace).allocations) {
      const issue = Number(project.slice('issue-'.length));
      if (state === 'removing') await run(removal(issue, '--force'));
      if (state === 'creating') await run(creation([issue]));
    }
  }

  beforeAll(async () => {
    workspace = await createShop(ISSUE_FILES, { worktrees: { spares: MAX_SPARES }, files: SOURCES });
    people = createPeople(workspace, dice, note);
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2'));
  });

  afterAll(async () => {
    const left = await processesLeft(workspace.folder, 60_000);
    workspace.remove();
    expect(left).toEqual([]);
  });

  it.each(rounds)(
    'round %i leaves whole worktrees or none, and all work',
    async (round) => {
      note(`round ${round}`);
      await people.work(round);
      await workspace.git('status');
      main = await mainWorktreeState(workspace);
      const commands = Array.from({ length: 3 + dice.below(2) }, () => rollCommand(dice, issuesNow()));
      // Each has chance of its own: what one does must not depend on when the others ask.
      const seeds = [...commands.keys(), commands.length].map(() => dice.below(2 ** 32));
      const risky = Promise.all(commands.map((command, index) => riskCommand(command, workspace, createDice(seeds[index] ?? 0))));
      const background = riskBackground(workspace, createDice(seeds.at(-1) ?? 0));
      const results = await risky;
      results.forEach(noteRun);
      (await background).forEach(note);
      expectNoFaults('A command answered wrongly', results.flatMap(answerFaults));
      if (dice.chance(0.5)) {
        note('the same commands again');
        await runAgain(results.filter(({ wasKilled }) => wasKilled));
        const faults = await faultsNow(false);
        expectNoFaults('The same commands did not finish it', faults);
      }
      note('the doctor');
      await callDoctor();
      expectNoFaults('The doctor did not fix it', await faultsNow(true));
    },
    ROUND_MS,
  );
});
