import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isProcessAlive } from '@nx-fleet/system';
import { plainScratchFolders } from '../repository/repository.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';
import { gitEnvironment } from './environment.js';
import { createGitRunner, type GitRunner } from './run-git.js';

describe('the runner of git', () => {
  let repository: TestRepository;
  let run: GitRunner;
  beforeAll(async () => {
    repository = await createTestRepository();
    run = createGitRunner(repository.environment);
  });
  afterAll(() => repository.remove());

  it('takes a failure without a word for a failure', async () => {
    await repository.write('readme.md', 'changed');
    const call = { cwd: repository.path, arguments: ['diff', '--quiet'] };
    await expect(run(call)).rejects.toThrow(new Error(`git diff failed in "${repository.path}"`));
    expect(await run({ ...call, answers: [0, 1] })).toEqual({ exitCode: 1, stdout: '' });
  });

  it("ends its message with git's own, without control characters, and keeps the cause", async () => {
    const failed = run({ cwd: repository.path, arguments: ['cat-file', '-p', '\u001B[31mnope\u009B'] });
    await expect(failed).rejects.toThrow(/^git cat-file failed in "[^"]+": fatal: .*nope$/);
    await expect(failed).rejects.toHaveProperty('cause.message', expect.stringContaining('fatal:'));
  });

  it('gives the whole of a long output', async () => {
    const text = randomBytes(4_000_000).toString('hex');
    const { stdout: id } = await run({ cwd: repository.path, arguments: ['hash-object', '-w', '--stdin'], input: text });
    const { stdout } = await run({ cwd: repository.path, arguments: ['cat-file', 'blob', id.trim()] });
    expect(stdout === text).toBe(true);
  });

  it('ends the input of a command that reads it', async () => {
    const { stdout } = await run({ cwd: repository.path, arguments: ['hash-object', '--stdin'] });
    expect(stdout.trim()).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  });

  it('ends a git that does not end, with all that it has started, and says where', async () => {
    const file = `${repository.path}/pid`;
    const alias = `alias.wait=!sleep 60 & echo $! > "${file}"; wait`;
    const waiting = run({ cwd: repository.path, arguments: ['-c', alias, 'wait'], timeoutMs: 500 });
    await expect(waiting).rejects.toThrow(/^git .* did not end within 1 seconds in ".*", and was ended\. Run it there by hand/);
    const pid = Number(await readFile(file, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    expect(isProcessAlive({ pid, startedAt: null })).toBe(false);
  });

  it('has a signal that ends this process end its group, and forgets it afterwards', async () => {
    const guarded = new Set<number>();
    const guardGroup = (leader: number): (() => void) => {
      guarded.add(leader);
      process.kill(-leader, 'SIGTERM');
      return () => guarded.delete(leader);
    };
    const guardedRun = createGitRunner(repository.environment, { guardGroup, scratch: plainScratchFolders });
    await expect(guardedRun({ cwd: repository.path, arguments: ['-c', 'alias.wait=!sleep 60', 'wait'] })).rejects.toThrow('failed in');
    expect(guarded).toEqual(new Set());
  });

  it('runs many at once', async () => {
    const calls = Array.from({ length: 30 }, () => run({ cwd: repository.path, arguments: ['rev-parse', 'HEAD'] }));
    const ids = new Set((await Promise.all(calls)).map((output) => output.stdout));
    expect([...ids]).toEqual([`${await repository.run(['rev-parse', 'HEAD'])}\n`]);
  });
});

describe('the environment of git', () => {
  it("drops the caller's repository, programs and prompts, and keeps its configuration and identity", () => {
    const foreign = { GIT_DIR: 'x', GIT_INDEX_FILE: 'x', GIT_OBJECT_DIRECTORY: 'x', GIT_SSH_COMMAND: 'x', GIT_EDITOR: 'x', GIT_TRACE: '1' };
    const kept = { PATH: '/bin', HOME: '/home/ada', GIT_CONFIG_GLOBAL: '/c', GIT_AUTHOR_NAME: 'Ada' };
    const made = gitEnvironment({ ...foreign, ...kept, EDITOR: 'vi', PAGER: 'less', NOTHING: undefined, git_dir: 'x' });
    expect(made).toEqual({
      ...kept,
      LC_ALL: 'C',
      LANGUAGE: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
    });
  });
});
