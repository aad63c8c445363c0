import { TASKS_VARIABLE, tasksNote } from '../../check/check-result.js';
import { UserError } from '../../errors/user-error.js';
import { buildIssue } from '../build/build-issue.js';
import { checkoutBuild } from '../checkout/checkout-build.js';
import {
  failedCheck,
  stageIssue,
  VALIDATE_TARGET,
  writes,
  WRITTEN,
  type StagedIssue,
  type StagedOptions,
} from '../../stage/staged-issue.contract.js';
import { BUILD_TARGET } from '../../stage/targets.js';
import { validateIssue } from './validate-issue.js';
import type { Validation } from './validation-artifact.js';

/** Built with checks that pass; `commands` counts from there. */
async function built(options: StagedOptions = {}): Promise<StagedIssue> {
  let isBuilt = false;
  const issue = await stageIssue({
    agent: writes('a.ts'),
    ...options,
    commands: (command) => (isBuilt ? (options.commands?.(command) ?? {}) : {}),
  });
  await buildIssue(issue.settings.build, issue.context(WRITTEN));
  await checkoutBuild('claude', issue.context(BUILD_TARGET));
  isBuilt = true;
  issue.host.commandLog.length = 0;
  return issue;
}

async function validate(issue: StagedIssue): Promise<Validation> {
  return validateIssue(issue.settings.validate, issue.context(VALIDATE_TARGET));
}

/** With `validate.in: "worktree"`. */
async function validateThere(issue: StagedIssue): Promise<Validation> {
  return validateIssue({ ...issue.settings.validate, in: 'worktree' }, issue.context(VALIDATE_TARGET));
}

const FRESH = '/repo.worktrees/checks-of-issue-42';

describe('validateIssue', () => {
  it('runs the checks on what is committed and says on which trees', async () => {
    const issue = await built();
    const validation = await validate(issue);
    expect(validation).toEqual({
      baseTree: await issue.git.resolveTree(issue.git.root),
      tree: await issue.git.resolveTree(issue.branchRef),
      checks: [
        { command: 'lint', outcome: 'passed' },
        { command: 'test --base={base}', outcome: 'passed' },
      ],
    });
    expect(JSON.parse(issue.out(VALIDATE_TARGET, 'validation.json') ?? '')).toEqual(validation);
    expect(issue.host.commandLog.map(({ file, args }) => [file, ...args])).toEqual([['lint'], ['test', `--base=${issue.git.root}`]]);
  });

  it('gives the checks ports, database and what the configuration passes, and no secret besides', async () => {
    const issue = await built({
      env: { PATH: '/bin', GITHUB_TOKEN: 'secret', CI_FLAG: '1' },
      options: { worktrees: { passEnv: ['CI_FLAG'] } },
    });
    await validate(issue);
    expect(issue.host.commandLog[0]).toMatchObject({
      cwd: FRESH,
      timeoutMs: 1_800_000,
      env: { DATABASE_URL: 'memory:checks-of-issue-42', CI_FLAG: '1', NX_DAEMON: 'false', NX_CACHE_DIRECTORY: `${FRESH}/.nx/cache` },
    });
    expect(issue.host.commandLog[0]?.env).not.toHaveProperty('GITHUB_TOKEN');
  });

  it('writes the same validation at another time, on other ports, with other output', async () => {
    const texts: (string | null)[] = [];
    for (const [time, durationMs] of [
      ['2026-01-01T00:00:00Z', 5],
      ['2027-02-03T04:05:06Z', 9_000],
    ] as const) {
      const issue = await built({ now: new Date(time), commands: () => ({ durationMs, stdout: `ran at ${time}` }) });
      await validate(issue);
      expect(issue.out(VALIDATE_TARGET, 'check-1.log')).toBe(`ran at ${time}\n`);
      texts.push(issue.out(VALIDATE_TARGET, 'validation.json'));
    }
    expect(texts[0]).toBe(texts[1]);
  });

  it('keeps the secrets of the environment out of the log and the progress', async () => {
    const issue = await built({
      commands: (command) => {
        const line = `using ${command.env['DATABASE_URL'] ?? ''}`;
        command.onLine?.(line, 'stdout');
        return { stdout: line };
      },
    });
    await validate(issue);
    expect(issue.out(VALIDATE_TARGET, 'check-1.log')).toBe('using ***\n');
    expect(issue.progress).toContain('  using ***');
  });

  it('fails on a failing check, runs none after it, and still writes what it found', async () => {
    const issue = await built({ commands: () => failedCheck('\u001b[31mno\u001b[0m') });
    await expect(validate(issue)).rejects.toThrow(
      `Check "lint" failed on what is committed (exit code 1). Fix it in "${issue.worktree}", commit, and run again; or have it built again: nx g worktree --issue=42 --again`,
    );
    expect(JSON.parse(issue.out(VALIDATE_TARGET, 'validation.json') ?? '')).toMatchObject({
      checks: [{ command: 'lint', outcome: 'failed' }],
    });
    expect(issue.out(VALIDATE_TARGET, 'check-1.log')).toBe('no\n');
    expect(issue.host.commandLog).toHaveLength(1);
    expect(issue.out(VALIDATE_TARGET, 'run.json')).toContain('"outcome": "failed"');
  });

  it.each([
    [{ ended: 'timed-out', exitCode: null }, 'timed-out'],
    [{ ended: 'not-found', exitCode: null }, 'not-found'],
    [{ ended: 'exited', exitCode: null, signal: 'SIGKILL' }, 'signal SIGKILL'],
  ] as const)('counts %j as a failure', async (result, ended) => {
    await expect(validate(await built({ commands: () => result }))).rejects.toThrow(`(${ended})`);
  });

  it('prints one line for a check that passed, and the end of the output of one that failed, with the place of all of it', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`).join('\n');
    const issue = await built({
      options: { checks: ['lint', 'test'] },
      commands: ({ file }) => (file === 'lint' ? { stdout: lines, durationMs: 1_234 } : { ...failedCheck(lines), durationMs: 50 }),
    });
    const shown: string[] = [];
    const context = { ...issue.context(VALIDATE_TARGET), onProgress: (line: string) => shown.push(line), onDetail: () => {} };
    await expect(validateIssue(issue.settings.validate, context)).rejects.toThrow('Check "test" failed');
    const out = '.nx-fleet/out/issue-42/agent-validate';
    expect(shown).toEqual([
      'check passed (1.2 s): lint',
      'check failed (exit code 1, 0.1 s): test',
      ...Array.from({ length: 20 }, (_, index) => `  line ${41 + index}`),
      `all of its output: ${out}/check-2.log`,
    ]);
  });

  it.each([
    ['the Nx of a check that ran no task', 'nx affected -t test', tasksNote(0), '', 'ran-nothing'],
    ['two runs of Nx without a task', 'npm run ci', `${tasksNote(0)}${tasksNote(0)}`, '', 'ran-nothing'],
    ['two runs of Nx, one with tasks', 'npm run ci', `${tasksNote(0)}${tasksNote(3)}`, '', 'passed'],
    ['an Nx with tasks whose output says otherwise', 'nx affected -t test', tasksNote(1), '\n NX   No tasks were run\n', 'passed'],
    ['an Nx without our plugin that says so', 'npx nx run-many -t test', '', '\n NX   No tasks were run\n', 'ran-nothing'],
    ['another program that says so', 'npm test', '', '\n NX   No tasks were run\n', 'passed'],
    ['a note that is none', 'nx affected -t test', '{"tasks":"none"}\n', '', 'passed'],
  ] as const)('takes the result of %s for what it is', async (_, check, notes, stdout, outcome) => {
    const issue: StagedIssue = await built({
      options: { checks: [check] },
      commands: ({ env }) => {
        const file = env[TASKS_VARIABLE] ?? '';
        issue.host.files.set(file, `${issue.host.files.get(file) ?? ''}${notes}`);
        return { stdout };
      },
    });
    expect((await validate(issue)).checks).toEqual([{ command: check, outcome }]);
    expect(issue.progress.some((line) => line.startsWith(`check ${outcome === 'passed' ? 'passed' : 'ran nothing'} (`))).toBe(true);
  });

  it('says what to write instead of a program that is not there', async () => {
    const issue = await built({
      options: { checks: ['nx affected -t test'] },
      missingPrograms: [],
      commands: () => ({ ended: 'not-found', exitCode: null }),
    });
    const hasProgram = async (file: string): Promise<boolean> => file === './nx';
    const context = { ...issue.context(VALIDATE_TARGET), host: { ...issue.host, hasProgram } };
    await expect(validateIssue(issue.settings.validate, context)).rejects.toThrow(
      'Check "nx affected -t test" cannot be started: "/repo.worktrees/issue-42" has no program "nx", nor has the PATH. The Nx of this workspace is "./nx". Set "checks" to "./nx affected -t test"; then run again.',
    );
  });

  it('in the worktree refuses checks that leave files behind', async () => {
    const issue = await built({
      commands: () => {
        issue.git.filesIn(issue.worktree).set('report\u001b[31m.xml', '');
        return {};
      },
    });
    await expect(validateThere(issue)).rejects.toThrow(
      `The checks left files in "${issue.worktree}" that git does not ignore ("report.xml").`,
    );
  });

  it('in the worktree refuses checks during which the branch moved', async () => {
    const issue = await built({
      commands: async () => {
        issue.git.filesIn(issue.worktree).set('more.ts', '');
        await issue.git.commitAll(issue.worktree, 'More');
        return {};
      },
    });
    await expect(validateThere(issue)).rejects.toThrow('"issue/42-dark-mode" changed while it was checked. Run again.');
  });

  it("checks a person's commits on top of the build", async () => {
    const issue = await built();
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    await issue.git.commitAll(issue.worktree, 'Mine');
    await checkoutBuild('claude', issue.context(BUILD_TARGET));
    expect((await validate(issue)).tree).toBe(await issue.git.resolveTree(issue.branchRef));
  });

  it('refuses a branch that moved since it was brought here: its key was made of what stood there', async () => {
    const issue = await built();
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    await issue.git.commitAll(issue.worktree, 'Mine');
    await expect(validate(issue)).rejects.toThrow('changed after its cache key was made. Run again: nx run issue-42:agent-validate');
    expect(issue.host.commandLog).toEqual([]);
  });

  it("installs the branch's own dependencies first, and counts a failure as a failed check", async () => {
    const issue = await built();
    issue.host.dependencyLog.length = 0;
    await validate(issue);
    expect(issue.host.dependencyLog.map(({ to }) => to)).toEqual([FRESH]);
    const failing = await built();
    const context = failing.context(VALIDATE_TARGET);
    const installDependencies = (): Promise<never> => Promise.reject(new UserError('npm failed.'));
    const host = { ...context.host, installDependencies };
    await expect(validateIssue(failing.settings.validate, { ...context, host })).rejects.toThrow('Check "install dependencies" failed');
    expect(failing.out(VALIDATE_TARGET, 'check-1.log')).toBe('npm failed.\n');
    expect(failing.host.commandLog).toEqual([]);
  });

  const kept = (issue: StagedIssue): readonly string[] =>
    [...issue.git.refs.keys()].filter((ref) => ref.startsWith('refs/nx-fleet/backup/'));

  it("in the worktree clears away at once what cancelled checks left, under a ref; what is uncommitted later is a person's", async () => {
    const issue: StagedIssue = await built({
      commands: () => {
        issue.git.filesIn(issue.worktree).set('report.xml', 'half of i');
        return { ended: 'cancelled', exitCode: null };
      },
    });
    await expect(validateThere(issue)).rejects.toThrow(/was cancelled\. To continue: nx run issue-42:agent-validate$/);
    expect(issue.git.filesIn(issue.worktree).has('report.xml')).toBe(false);
    expect(issue.git.filesOf(issue.git.refs.get(kept(issue)[0] ?? '') ?? '')).toMatchObject({ 'report.xml': 'half of i' });
    issue.git.filesIn(issue.worktree).set('a.ts', 'fixed by hand');
    await expect(validateThere(issue)).rejects.toThrow('has uncommitted changes ("a.ts")');
    expect(issue.git.filesIn(issue.worktree).get('a.ts')).toBe('fixed by hand');
  });

  it('leaves no note of checks that could not be run', async () => {
    const issue = await built({ commands: () => Promise.reject(new Error('the disk is full')) });
    await expect(validateThere(issue)).rejects.toThrow('the disk is full');
    expect(issue.git.refs.has('refs/nx-fleet/checking/issue-42')).toBe(false);
  });

  describe('after checks that were killed', () => {
    /** Checks that wrote a file, and whose process was gone before it could do anything; `after` is what happened until the next run. */
    async function killed(after: (issue: StagedIssue) => Promise<void> | void = () => undefined): Promise<StagedIssue> {
      const issue = await built();
      await issue.git.writeRef('refs/nx-fleet/checking/issue-42', issue.git.refs.get(issue.branchRef) ?? '');
      issue.git.filesIn(issue.worktree).set('report.xml', 'half of i');
      await after(issue);
      issue.host.becomeAnotherProcess();
      return issue;
    }
    it('checks again from a clean worktree; what they left is kept under a ref, and what still ran is ended', async () => {
      const issue = await killed();
      const strays = issue.host.strayLog.length;
      await checkoutBuild('claude', issue.context(BUILD_TARGET));
      expect(issue.host.strayLog.length).toBeGreaterThan(strays);
      expect((await validateThere(issue)).checks.every(({ outcome }) => outcome === 'passed')).toBe(true);
      expect(issue.git.filesIn(issue.worktree).has('report.xml')).toBe(false);
      expect(kept(issue)).toHaveLength(1);
      expect(issue.git.filesOf(issue.git.refs.get(kept(issue)[0] ?? '') ?? '')).toMatchObject({ 'report.xml': 'half of i' });
      expect(issue.git.refs.has('refs/nx-fleet/checking/issue-42')).toBe(false);
    });

    it('touches nothing once a person has committed, and refuses what is uncommitted then', async () => {
      const issue = await killed(async ({ git, worktree }) => {
        await git.commitAll(worktree, 'Mine');
        git.filesIn(worktree).set('more.ts', 'mine too');
      });
      await expect(checkoutBuild('claude', issue.context(BUILD_TARGET))).rejects.toThrow('has uncommitted changes ("more.ts")');
      expect(issue.git.filesIn(issue.worktree).get('more.ts')).toBe('mine too');
      expect(kept(issue)).toEqual([]);
    });

    it('does not touch another branch that a person has checked out there', async () => {
      const issue = await killed();
      const git = { ...issue.git, currentBranch: async () => 'mine' };
      await expect(checkoutBuild('claude', { ...issue.context(BUILD_TARGET), git })).rejects.toThrow('has uncommitted changes');
      expect(issue.git.filesIn(issue.worktree).has('report.xml')).toBe(true);
      expect(kept(issue)).toEqual([]);
    });

    it('does not touch the worktree of checks that another living process runs', async () => {
      const issue = await built();
      const owner = issue.host.registry.self;
      await issue.git.writeRef('refs/nx-fleet/checking/issue-42', issue.git.refs.get(issue.branchRef) ?? '');
      await issue.host.registry.update((all) => ({ allocations: all.map((one) => ({ ...one, owner })), result: null }));
      const cancelled = new AbortController();
      const context = { ...issue.context(BUILD_TARGET), signal: cancelled.signal, sleep: async () => cancelled.abort() };
      issue.host.becomeAnotherProcess();
      const registry = { ...issue.host.registry, self: issue.host.registry.self, isAlive: async () => true };
      issue.git.filesIn(issue.worktree).set('report.xml', 'half of i');
      await expect(checkoutBuild('claude', { ...context, host: { ...issue.host, registry } })).rejects.toThrow('by process');
      expect(issue.git.filesIn(issue.worktree).has('report.xml')).toBe(true);
    });
  });

  it('leaves no note of checks that came to their end, well or not', async () => {
    for (const result of [{}, failedCheck('no')]) {
      const issue = await built({ commands: () => result });
      await validateThere(issue).catch(() => undefined);
      expect(issue.git.refs.has('refs/nx-fleet/checking/issue-42')).toBe(false);
    }
  });

  describe('in a fresh worktree', () => {
    const SETUP: StagedOptions = { options: { worktrees: { setup: ['migrate'], prepare: ['login'] }, checks: ['test'] } };

    /** Nothing of it is left: folder, claim, database branch. */
    async function expectNothingLeft(issue: StagedIssue): Promise<void> {
      expect((await issue.git.listWorktrees()).map(({ path }) => path)).toEqual(['/repo', issue.worktree]);
      expect((await issue.host.registry.read()).map(({ project }) => project)).toEqual(['issue-42']);
      expect([...issue.database.branches]).toEqual(['issue-42']);
    }

    it('has what is committed, a database and ports of its own, and the setup commands run there', async () => {
      const seen: object[] = [];
      const issue: StagedIssue = await built({
        ...SETUP,
        commands: ({ file, cwd, env }) => {
          seen.push({ file, cwd, files: [...issue.git.filesIn(cwd).keys()].toSorted(), database: env['DATABASE_URL'], port: env['PORT'] });
          return {};
        },
      });
      issue.host.files.set(`${issue.worktree}/dist/built.js`, 'left by the writer, ignored by git');
      await validate(issue);
      const there = { cwd: FRESH, files: ['README.md', 'a.ts'] };
      expect(seen).toEqual([
        { ...there, file: 'login', database: undefined, port: undefined },
        { ...there, file: 'migrate', database: 'memory:checks-of-issue-42', port: expect.stringMatching(/^\d+$/) },
        { ...there, file: 'test', database: 'memory:checks-of-issue-42', port: expect.stringMatching(/^\d+$/) },
      ]);
      expect(issue.host.files.has(`${FRESH}/dist/built.js`)).toBe(false);
      const own = await issue.host.readEnvironment(`${issue.worktree}/.env.local`);
      expect((seen[2] as { port: string }).port).not.toBe(own['PORT']);
      await expectNothingLeft(issue);
    });

    it.each<[string, () => Awaited<ReturnType<NonNullable<StagedOptions['commands']>>> | Promise<never>]>([
      ['fail', () => failedCheck('no')],
      ['are cancelled', () => ({ ended: 'cancelled', exitCode: null })],
      ['cannot be run', () => Promise.reject(new Error('the disk is full'))],
    ])('leaves nothing behind where its checks %s, and nothing in the worktree of the issue', async (_, outcome) => {
      const issue: StagedIssue = await built({
        commands: ({ cwd }) => {
          issue.git.filesIn(cwd).set('report.xml', 'half of i');
          return outcome();
        },
      });
      await expect(validate(issue)).rejects.toThrow(/failed|cancelled|full/);
      await expectNothingLeft(issue);
      expect(await issue.git.dirtyPaths(issue.worktree)).toEqual([]);
      expect(kept(issue)).toEqual([]);
    });

    it('refuses checks that leave or rewrite files there: those after them saw what is not committed', async () => {
      const issue: StagedIssue = await built({
        commands: ({ cwd }) => {
          issue.git.filesIn(cwd).set('a.ts', 'rewritten');
          return {};
        },
      });
      await expect(validate(issue)).rejects.toThrow(`The checks left files in "${FRESH}" that git does not ignore ("a.ts").`);
      expect(issue.out(VALIDATE_TARGET, 'validation.json')).toBeNull();
      await expectNothingLeft(issue);
    });

    it('has a cache of Nx of its own for each command: what the writer cached would prove nothing', async () => {
      const issue = await built(SETUP);
      await validate(issue);
      const there = issue.host.commandLog.filter(({ cwd }) => cwd === FRESH);
      expect(there.map(({ file }) => file)).toEqual(['login', 'migrate', 'test']);
      for (const { env } of there)
        expect(env).toMatchObject({
          NX_CACHE_DIRECTORY: `${FRESH}/.nx/cache`,
          NX_WORKSPACE_DATA_DIRECTORY: `${FRESH}/.nx/workspace-data`,
          NX_SKIP_REMOTE_CACHE: 'true',
        });
    });

    it('is removed by the next run after a kill', async () => {
      const issue: StagedIssue = await built(SETUP);
      const killed = { ...issue.host, registry: issue.host.registry, discardDirectory: () => new Promise<never>(() => undefined) };
      const database = { ...issue.database, removeBranch: () => new Promise<never>(() => undefined) };
      void validateIssue(issue.settings.validate, { ...issue.context(VALIDATE_TARGET), host: killed, database });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await issue.host.registry.read()).map(({ project }) => project)).toContain('checks-of-issue-42');
      issue.host.becomeAnotherProcess();
      await validate(issue);
      await expectNothingLeft(issue);
    });

    it('fails on a setup command that fails on what is committed, as on a check', async () => {
      const issue = await built({ ...SETUP, commands: ({ file }) => (file === 'migrate' ? failedCheck('column exists') : {}) });
      await expect(validate(issue)).rejects.toThrow('Check "setup: migrate" failed on what is committed (exit code 1).');
      await expectNothingLeft(issue);
    });

    it('is refused without its database, and checks nothing', async () => {
      const issue = await built();
      const createBranch = (): Promise<never> => Promise.reject(new UserError('The server is down.'));
      const context = { ...issue.context(VALIDATE_TARGET), database: { ...issue.database, createBranch } };
      await expect(validateIssue(issue.settings.validate, context)).rejects.toThrow(
        'The database for the checks of "issue-42" was not created (The server is down.).',
      );
      expect(issue.host.commandLog).toEqual([]);
      await expectNothingLeft(issue);
    });

    it("is not made where the checkout is the user's own: checks run there", async () => {
      const issue = await built();
      const local = await issue.host.state.readLocal('issue-42');
      if (local === null) throw new Error('no local state');
      await issue.host.state.writeLocal('issue-42', { ...local, here: true });
      await validate(issue);
      expect(issue.host.commandLog[0]?.cwd).toBe(issue.worktree);
    });
  });

  it('refuses a dirty worktree without running anything', async () => {
    const issue = await built();
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    await expect(validate(issue)).rejects.toThrow('has uncommitted changes ("mine.ts")');
    expect(issue.host.commandLog).toEqual([]);
  });

  it('passes without checks when none are configured', async () => {
    expect((await validate(await built({ options: { checks: [] } }))).checks).toEqual([]);
  });

  it('refuses before a build', async () => {
    await expect(validate(await stageIssue())).rejects.toThrow(
      'The build of "issue-42", or its fix, is not here. Run: nx run issue-42:agent-build',
    );
  });
});
