import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';
import { startWorktreeProcess, type WorktreeCommand } from '../testing/worktree-process.fixture.js';

const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';
const ROUNDS = TESTS_ALL ? 15 : 1;
const MOST_ROUNDS = 30;
const FILES = 400;
/** Time to the kill, at most: the first guess, and what it is multiplied by when a kill came in time or too late. It follows the machine. */
const FIRST_LATEST_MS = 200;
const IN_TIME = 1.3;
const TOO_LATE = 0.5;

/** Until a kill came in time, which in one round it may not. */
const goesOn = (round: number, killed: number): boolean => round < ROUNDS || (killed === 0 && round < MOST_ROUNDS);

describe('what was killed in the middle of', () => {
  let repository: TestRepository;
  let spare: string;
  let issue: string;
  let latestMs: number;
  beforeEach(async () => {
    latestMs = FIRST_LATEST_MS;
    repository = await createTestRepository();
    spare = join(repository.folder, 'spare');
    issue = join(repository.folder, 'issue');
    const files = (text: string) =>
      Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`d-${at % 9}/${at}.txt`, `${text} ${at}\n`]));
    await repository.commit('one', files('one'));
    await repository.run(['branch', 'old']);
    await repository.commit('two', { ...files('two'), 'only-new.txt': 'x\n' });
    await repository.run(['branch', 'issue/1']);
  });
  afterEach(() => repository.remove());

  /** Kills the commands somewhere in the middle, the whole group or the one process alone, and then asks for the same again. */
  async function interruptAndRepeat(commands: readonly WorktreeCommand[], round: number): Promise<boolean> {
    const victim = startWorktreeProcess(repository, commands);
    await victim.begin();
    await sleep(latestMs * Math.random());
    victim.kill(round % 3 === 2 ? 'process' : 'group');
    const { code } = await victim.end;
    await repeat(commands);
    latestMs *= code === null ? IN_TIME : TOO_LATE;
    return code === null;
  }

  async function repeat(commands: readonly WorktreeCommand[]): Promise<void> {
    const { git } = repository;
    for (const [verb, one = '', other = ''] of commands) {
      if (verb === 'spare') await git.addDetachedWorktree(one, other);
      if (verb === 'checkout') await git.checkoutWorktree(one);
      if (verb === 'move' && !(await git.moveWorktree(one, other))) throw new Error(`"${one}" was not moved`);
      if (verb === 'switch') await git.switchWorktree(one, other);
      if (verb === 'remove') await git.removeWorktree(one);
    }
  }

  async function expectSound(worktrees: readonly string[]): Promise<void> {
    const { git, path, run } = repository;
    // A git that outlived its process may still be writing the same files.
    for (let wait = 0; wait < 40 && worktrees.length > 0 && (await git.dirtyPaths(worktrees[0] ?? '')).length > 0; wait += 1)
      await sleep(50);
    expect((await git.listWorktrees()).map((entry) => entry.path)).toEqual([path, ...worktrees]);
    for (const worktree of worktrees) expect(await git.dirtyPaths(worktree)).toEqual([]);
    expect(await git.dirtyPaths(path)).toEqual([]);
    expect(await run(['worktree', 'prune', '--dry-run', '--verbose', '--expire=now'])).toBe('');
    expect(await run(['fsck', '--no-dangling', '--no-progress'])).toBe('');
  }

  function expectKilled(rounds: number): void {
    expect(rounds).toBeGreaterThanOrEqual(ROUNDS / 3);
  }

  it('making a spare is made by the same call', async () => {
    let killed = 0;
    for (let round = 0; goesOn(round, killed); round += 1) {
      const commands: readonly WorktreeCommand[] = [
        ['spare', spare, 'old'],
        ['checkout', spare],
      ];
      killed += (await interruptAndRepeat(commands, round)) ? 1 : 0;
      await expectSound([spare]);
      await repository.git.removeWorktree(spare);
    }
    expectKilled(killed);
  }, 180_000);

  it('claiming a spare is claimed by the same calls', async () => {
    let killed = 0;
    for (let round = 0; goesOn(round, killed); round += 1) {
      await repeat([
        ['spare', spare, 'old'],
        ['checkout', spare],
      ]);
      const commands: readonly WorktreeCommand[] = [
        ['move', spare, issue],
        ['switch', issue, 'issue/1'],
      ];
      killed += (await interruptAndRepeat(commands, round)) ? 1 : 0;
      await expectSound([issue]);
      expect([await repository.git.currentBranch(issue), existsSync(spare)]).toEqual(['issue/1', false]);
      await repository.git.removeWorktree(issue);
    }
    expectKilled(killed);
  }, 180_000);

  it('removing a worktree is removed by the same call', async () => {
    let killed = 0;
    for (let round = 0; goesOn(round, killed); round += 1) {
      await repository.git.addWorktree(issue, 'issue/1');
      await repository.git.checkoutWorktree(issue);
      killed += (await interruptAndRepeat([['remove', issue]], round)) ? 1 : 0;
      expect(existsSync(issue)).toBe(false);
      await expectSound([]);
    }
    expectKilled(killed);
  }, 180_000);
});
