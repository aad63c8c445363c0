import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';
import { SOURCE_LOADER, startWorktreeProcess, type WorktreeCommand } from '../testing/worktree-process.fixture.js';

const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';
/** Three roles, in turn. */
const PROCESSES = TESTS_ALL ? 20 : 3;
const SHARE = TESTS_ALL ? 5 : 2;
const KILLS = TESTS_ALL ? 4 : 2;
const OWN_WORKTREES = TESTS_ALL ? 8 : 3;

describe('addWorktree from many processes', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    const files = Array.from({ length: 200 }, (_, at) => [`folder-${at % 10}/file-${at}.txt`, `${at}\n`]);
    await repository.commit('files', Object.fromEntries(files));
  });
  afterEach(() => repository.remove());

  const start = (branches: readonly string[]) => {
    const script = join(import.meta.dirname, '..', 'testing', 'add-worktree.fixture.ts');
    const args = [...SOURCE_LOADER, script, repository.path, join(repository.folder, 'worktrees'), ...branches];
    return spawn(process.execPath, args, { env: { ...repository.environment }, cwd: dirname(dirname(import.meta.dirname)) });
  };
  const finish = async (child: ChildProcessWithoutNullStreams) => {
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = await once(child, 'close');
    return { code, stderr };
  };

  it(`makes ${PROCESSES * SHARE} worktrees from ${PROCESSES} processes at the same instant, none of which fails`, async () => {
    const shares = Array.from({ length: PROCESSES }, (_, at) => Array.from({ length: SHARE }, (_, part) => `issue-${at}-${part}`));
    for (const branch of shares.flat()) await repository.run(['branch', branch]);
    const children = shares.map(start);
    const results = children.map(finish);
    await Promise.all(children.map((child, at) => Promise.race([once(child.stdout, 'data'), results[at]])));
    for (const child of children) child.stdin.end('go\n');
    expect(await Promise.all(results)).toEqual(shares.map(() => ({ code: 0, stderr: '' })));
    expect(await repository.git.listWorktrees()).toHaveLength(PROCESSES * SHARE + 1);
    for (const share of shares) {
      const branch = share.at(-1) ?? '';
      const worktree = join(repository.folder, 'worktrees', branch);
      expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
      expect(await repository.git.currentBranch(worktree)).toBe(branch);
    }
    expect(await readdir(join(repository.path, '.git', 'nx-fleet'))).toEqual([]);
  }, 180_000);

  it("copes with a person's own worktrees, made at the same time without our lease", async () => {
    const branches = Array.from({ length: OWN_WORKTREES }, (_, at) => `issue-${at}`);
    for (const branch of branches) await repository.git.createBranch(branch, 'HEAD');
    let busy = true;
    const own = branches.map(async (_, person) => {
      for (let round = 0; busy; round += 1) {
        const path = join(repository.folder, `own-${person}-${round}`);
        await repository.run(['worktree', 'add', '-q', '--detach', '--no-checkout', path]).catch(() => 'lost the race');
        await repository.run(['worktree', 'remove', '--force', path]).catch(() => 'lost the race');
      }
    });
    await Promise.all(branches.map((branch) => repository.git.addWorktree(join(repository.folder, branch), branch)));
    busy = false;
    await Promise.all(own);
    for (const branch of branches) expect(await repository.git.currentBranch(join(repository.folder, branch))).toBe(branch);
  }, 120_000);

  it(`claims, makes and removes worktrees in ${PROCESSES} processes at once, beside the foreign commands of others`, async () => {
    const at = (name: string) => join(repository.folder, 'worktrees', name);
    const numbers = Array.from({ length: PROCESSES }, (_, number) => number);
    for (const number of numbers) {
      await repository.git.createBranch(`issue-${number}`, 'HEAD');
      if (number % 3 === 1) continue;
      await repository.git.addDetachedWorktree(at(`spare-${number}`), 'HEAD~1');
      await repository.git.checkoutWorktree(at(`spare-${number}`));
    }
    const commandsOf = (number: number): readonly WorktreeCommand[] => {
      const [spare, issue, branch] = [at(`spare-${number}`), at(`issue-${number}`), `issue-${number}`];
      if (number % 3 === 1)
        return [
          ['add', issue, branch],
          ['checkout', issue],
        ];
      return number % 3 === 0
        ? [
            ['move', spare, issue],
            ['switch', issue, branch],
          ]
        : [
            ['remove', spare],
            ['spare', spare, 'HEAD'],
          ];
    };
    const processes = numbers.map((number) => startWorktreeProcess(repository, commandsOf(number)));
    let busy = true;
    const strangers = [0, 1, 2].map(async (stranger) => {
      for (let round = 0; busy; round += 1) {
        const path = join(repository.folder, `own-${stranger}-${round}`);
        await repository.run(['worktree', 'add', '-q', '--detach', '--no-checkout', path]).catch(() => 'lost the race');
        await repository.run(['worktree', 'remove', '--force', path]).catch(() => 'lost the race');
      }
    });
    await Promise.all(processes.map((child) => child.begin()));
    const ends = await Promise.all(processes.map((child) => child.end));
    busy = false;
    await Promise.all(strangers);
    expect(ends).toEqual(processes.map(() => ({ code: 0, stderr: '' })));
    const listed = (await repository.git.listWorktrees()).filter(({ path }) => path.startsWith(at('')));
    const expected = numbers.map((number) =>
      number % 3 === 2 ? { path: at(`spare-${number}`), branch: null } : { path: at(`issue-${number}`), branch: `issue-${number}` },
    );
    expect(new Map(listed.map(({ path, branch }) => [path, branch]))).toEqual(new Map(expected.map(({ path, branch }) => [path, branch])));
    for (const { path } of expected.filter(({ branch }) => branch !== null)) expect(await repository.git.dirtyPaths(path)).toEqual([]);
    expect(await readdir(join(repository.path, '.git', 'nx-fleet'))).toEqual([]);
  }, 180_000);

  it('finishes what a killed process began, whenever it was killed', async () => {
    await repository.git.createBranch('issue-1', 'HEAD');
    const worktree = join(repository.folder, 'worktrees', 'issue-1');
    for (let round = 0; round < KILLS; round += 1) {
      const child = start(['issue-1']);
      const result = finish(child);
      await Promise.race([once(child.stdout, 'data'), result]);
      child.stdin.end('go\n');
      await sleep(round * 20);
      child.kill('SIGKILL');
      await result;
      await repository.git.addWorktree(worktree, 'issue-1');
      await repository.git.checkoutWorktree(worktree);
      expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
      await repository.git.removeWorktree(worktree);
      expect(existsSync(worktree)).toBe(false);
    }
  }, 120_000);
});
