import { buildIssue, type Built } from './build-issue.js';
import {
  addIssue,
  failedCheck,
  PLAN_TARGET,
  stageIssue,
  storeApproved,
  writes,
  WRITTEN,
  type StagedIssue,
  type StagedOptions,
} from '../../stage/staged-issue.contract.js';
import type { StageContext } from '../../stage/stage-context.js';

async function build(staged: StagedIssue, project = 'issue-42'): Promise<Built> {
  return buildIssue(staged.settings.build, staged.context(WRITTEN, project));
}

async function staged(options: StagedOptions = {}): Promise<StagedIssue> {
  return stageIssue({ agent: writes('a.ts'), ...options });
}

const BUILDING = 'refs/nx-fleet/building/issue-42';
const BUILT = 'refs/nx-fleet/built/issue-42';

describe('buildIssue', () => {
  it('commits what the writer made and stores the build with its bundle', async () => {
    const issue = await staged();
    const made = await build(issue);
    expect(made).toEqual({
      agent: 'claude',
      baseTree: await issue.git.resolveTree(issue.git.root),
      head: issue.git.refs.get(issue.branchRef),
      tree: await issue.git.resolveTree(issue.branchRef),
      commits: ['Dark mode'],
    });
    expect(issue.git.filesOf(made.head)).toEqual({ 'README.md': 'hello\n', 'a.ts': '1' });
    const { head: _, ...stored } = made;
    expect(JSON.parse(issue.out(WRITTEN, 'build.json') ?? '')).toEqual(stored);
    expect([...issue.git.bundles.keys()]).toEqual([`/repo/.nx-fleet/out/issue-42/${WRITTEN}/branch.bundle`]);
    expect(issue.git.refs.get(BUILT)).toBe(made.head);
    expect(issue.git.refs.has(BUILDING)).toBe(false);
  });

  it('gives the writer spec and plan in fences, the worktree and its variables, and nothing of our environment', async () => {
    const issue = await staged({ env: { PATH: '/bin', GITHUB_TOKEN: 'secret' } });
    await build(issue);
    expect(issue.requests).toMatchObject([{ cwd: issue.worktree, readOnly: false, model: 'sonnet' }]);
    expect(issue.requests[0]).not.toHaveProperty('answerSchema');
    expect(issue.requests[0]?.prompt).toMatch(
      /^BUILD ```markdown\n# Dark mode\n\nDo it\.\n``` ```markdown\nDo it\.\n\n## Steps\n[^]*``` None yet\.$/,
    );
    expect(Object.keys(issue.requests[0]?.env ?? {})).toEqual([
      'NX_FLEET_PROJECT',
      'NX_FLEET_NUMBER',
      'NX_DAEMON',
      'NX_SOCKET_DIR',
      'PORT',
      'API_PORT',
      'DEBUG_PORT',
      'DATABASE_URL',
    ]);
  });

  it('refuses a check that cannot be started before a writer is paid', async () => {
    const issue = await staged({ options: { checks: ['lint', 'no-such-program --fix'] }, missingPrograms: ['no-such-program'] });
    await expect(build(issue)).rejects.toThrow(
      'Check "no-such-program --fix" cannot be started: "/repo.worktrees/issue-42" has no program "no-such-program", nor has the PATH. Install it, make it executable, or change "checks"; then run again.',
    );
    expect(issue.requests).toEqual([]);
    expect(issue.git.refs.has(BUILDING)).toBe(false);
  });

  it('gives no writer a check whose program has vanished: the build stands as it is', async () => {
    const issue = await staged({ commands: () => ({ ended: 'not-found', exitCode: null }) });
    expect((await build(issue)).commits).toEqual(['Dark mode']);
    expect(issue.requests).toHaveLength(1);
    expect(issue.progress).toContain('"lint" could not be started: no writer can fix that');
  });

  it('runs the checks with the base filled in', async () => {
    const issue = await staged();
    await build(issue);
    expect(issue.host.commandLog.map(({ file, args, cwd }) => [file, ...args, cwd])).toEqual([
      ['lint', issue.worktree],
      ['test', `--base=${issue.git.root}`, issue.worktree],
    ]);
  });

  it('stores the same build at another time and on other ports', async () => {
    const texts: (string | null)[] = [];
    for (const [time, listening] of [
      ['2026-01-01T00:00:00Z', []],
      ['2027-02-03T04:05:06Z', Array.from({ length: 5_000 }, (_, index) => 20_000 + index * 2)],
    ] as const) {
      const issue = await staged({ now: new Date(time), listening: listening.filter((port) => port < 29_000) });
      await build(issue);
      texts.push(issue.out(WRITTEN, 'build.json'));
    }
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toMatch(/worktrees|20\d\d-|PORT/);
  });

  it('gives failing checks to a fresh writer until they pass', async () => {
    let checked = 0;
    const issue = await staged({
      commands: ({ file }) => (file === 'lint' && ++checked < 3 ? failedCheck(`run ${checked} \`\`\` \u001b[31mred`) : {}),
    });
    const made = await build(issue);
    expect(made.commits).toEqual(['Dark mode', 'Dark mode: fix failing checks', 'Dark mode: fix failing checks']);
    expect(issue.requests).toHaveLength(3);
    expect(issue.requests[2]?.prompt).toContain('`lint` failed (exit code 1).');
    expect(issue.requests[2]?.prompt).toContain('````text\nrun 2 ``` red\n````');
    expect(JSON.parse(issue.out(WRITTEN, 'run.json') ?? '')).toMatchObject({
      outcome: 'completed',
      steps: [
        { what: 'build' },
        { ended: 'failed: lint' },
        { what: 'build, attempt 2' },
        { ended: 'failed: lint' },
        { what: 'build, attempt 3' },
        { ended: 'passed' },
      ],
    });
  });

  it('stands as it is when the last attempt fails, for validation to tell', async () => {
    const issue = await staged({ commands: () => failedCheck('no'), options: { build: { attempts: 2 } } });
    expect((await build(issue)).commits).toHaveLength(2);
    expect(issue.requests).toHaveLength(2);
    expect(issue.progress).toContain('attempt 2: "lint" failed (exit code 1); no attempt is left');
  });

  it('ends the attempts when a writer changes nothing more', async () => {
    const issue = await staged({ agent: writes('a.ts', () => 'same'), commands: () => failedCheck('no') });
    expect((await build(issue)).commits).toEqual(['Dark mode']);
    expect(issue.requests).toHaveLength(2);
  });

  it('fails when the writer changed nothing at all', async () => {
    const issue = await staged({ agent: () => 'Nothing to do.' });
    await expect(build(issue)).rejects.toThrow(
      `claude changed nothing in "${issue.worktree}". Look at "/repo/.nx-fleet/out/issue-42/agent-build--claude/transcript.jsonl", sharpen the issue, and run again.`,
    );
    expect(issue.out(WRITTEN, 'build.json')).toBeNull();
    expect(issue.out(WRITTEN, 'run.json')).toContain('"outcome": "failed"');
  });

  it('takes commits that the writer made itself', async () => {
    const issue = await staged({
      agent: async (request, { git }) => {
        git.filesIn(request.cwd).set('a.ts', '1');
        await git.commitAll(request.cwd, 'My own');
        return '';
      },
    });
    expect((await build(issue)).commits).toEqual(['My own']);
  });

  it('refuses a branch that the writer took away from its base', async () => {
    const issue = await staged({
      agent: async (request, { git }) => {
        await git.resetWorktree(request.cwd, git.commit([], { x: '' }, 'Another beginning'));
        return '';
      },
    });
    await expect(build(issue)).rejects.toThrow('claude moved "issue/42-dark-mode" off the commit');
    expect(issue.out(WRITTEN, 'build.json')).toBeNull();
  });

  it('refuses a worktree that the writer left on another branch', async () => {
    const issue = await staged({
      agent: (request, { git }) => {
        git.setWorktree(request.cwd, { branch: null });
        return '';
      },
    });
    await expect(build(issue)).rejects.toThrow(
      `The writer left "${issue.worktree}" on a detached HEAD. Switch back, then run again: git -C "${issue.worktree}" switch issue/42-dark-mode`,
    );
  });

  it("refuses a person's commits, and starts no writer", async () => {
    const issue = await staged();
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    const mine = await issue.git.commitAll(issue.worktree, 'Mine\u001b[31m');
    await expect(build(issue)).rejects.toThrow(
      '"issue/42-dark-mode" has commits that no build made ("Mine"). To have the branch checked and reviewed as it is: nx g worktree --issue=42 --adopt.',
    );
    expect(issue.git.refs.get(issue.branchRef)).toBe(mine);
    expect(issue.requests).toEqual([]);
  });

  it('refuses uncommitted changes, and leaves them', async () => {
    const issue = await staged();
    issue.git.filesIn(issue.worktree).set('b\u001b[31m.ts', '').set('c.ts', '');
    await expect(build(issue)).rejects.toThrow(
      `"${issue.worktree}" has uncommitted changes ("b.ts" and 1 more), which no cache key can cover.`,
    );
    expect(issue.git.filesIn(issue.worktree).has('c.ts')).toBe(true);
  });

  it('builds again from the base, keeping the earlier head under a ref', async () => {
    const issue = await staged();
    const first = await build(issue);
    const second = await build(issue);
    expect(issue.git.filesOf(second.head)).toMatchObject({ 'a.ts': '2' });
    expect(issue.git.refs.get('refs/nx-fleet/backup/issue-42/20260101T000000Z')).toBe(first.head);
  });

  it('fails without a plan', async () => {
    const issue = await staged();
    await issue.host.artifacts.write('issue-42', PLAN_TARGET, 'plan.json', '{"summary":');
    await expect(build(issue)).rejects.toThrow('"issue-42" has no plan of this version. Run: nx run issue-42:agent-plan');
    expect(issue.requests).toEqual([]);
  });
});

describe('buildIssue after an interrupted build', () => {
  it('keeps what a killed one left under a ref and starts from the base', async () => {
    const issue = await staged();
    issue.git.refs.set(BUILDING, issue.git.root);
    issue.git.filesIn(issue.worktree).set('half.ts', '');
    const made = await build(issue);
    expect(Object.keys(issue.git.filesOf(made.head))).not.toContain('half.ts');
    expect(issue.git.filesOf('refs/nx-fleet/backup/issue-42/20260101T000000Z')).toHaveProperty(['half.ts']);
    expect(issue.progress).toContain('unfinished work of an earlier build was kept as refs/nx-fleet/backup/issue-42/20260101T000000Z');
    expect(issue.git.refs.has(BUILDING)).toBe(false);
  });

  it('leaves a clean worktree after a failed one, so that what a person does there next is theirs', async () => {
    const issue = await staged({
      agent: (request, fleet) => {
        fleet.git.filesIn(request.cwd).set('half.ts', '');
        throw new Error('the model fell over');
      },
    });
    await expect(build(issue)).rejects.toThrow('the model fell over');
    expect(issue.git.refs.has(BUILDING)).toBe(false);
    expect(issue.git.filesIn(issue.worktree).has('half.ts')).toBe(false);
    expect(issue.git.filesOf('refs/nx-fleet/backup/issue-42/20260101T000000Z')).toHaveProperty(['half.ts']);
  });

  it('keeps nothing of one that had not written anything yet', async () => {
    const issue = await staged();
    issue.git.refs.set(BUILDING, issue.git.root);
    await build(issue);
    expect(await issue.git.listRefs('refs/nx-fleet/backup/')).toEqual([]);
  });

  it('loses neither of two things that it keeps in the same second', async () => {
    let crash = false;
    const issue = await staged({
      agent: (request, fleet, asked) => {
        fleet.git.filesIn(request.cwd).set('a.ts', String(asked));
        if (crash) throw new Error('killed');
        return '';
      },
    });
    const first = await build(issue);
    crash = true;
    await expect(build(issue)).rejects.toThrow('killed');
    crash = false;
    await build(issue);
    const backup = await issue.git.listRefs('refs/nx-fleet/backup/');
    expect(backup.map(({ commit }) => issue.git.filesOf(commit)['a.ts'])).toEqual(['1', '2']);
    expect(backup[0]?.commit).toBe(first.head);
  });

  async function heldBy(owner: { readonly pid: number; readonly startedAt: string }, isBuilding: boolean): Promise<StagedIssue> {
    const issue = await staged({ running: [{ pid: 99, startedAt: '5' }] });
    await issue.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner })), result: null }));
    if (isBuilding) issue.git.refs.set(BUILDING, issue.git.root);
    issue.git.filesIn(issue.worktree).set('half.ts', '');
    return issue;
  }

  it.each([true, false])('waits while another living process holds the worktree, its first step done: %s', async (isBuilding) => {
    const issue = await heldBy({ pid: 99, startedAt: '5' }, isBuilding);
    const context = issue.context(WRITTEN);
    const ends = async (): Promise<void> => {
      issue.git.refs.delete(BUILDING);
      issue.git.filesIn(issue.worktree).delete('half.ts');
      await issue.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner: null })), result: null }));
    };
    expect((await buildIssue(issue.settings.build, { ...context, sleep: ends })).commits).toEqual(['Dark mode']);
    expect(issue.progress).toContain('"issue-42" is being worked on by process 99: waiting for it');
  });

  it('does nothing when it is cancelled while it waits', async () => {
    const issue = await heldBy({ pid: 99, startedAt: '5' }, true);
    const controller = new AbortController();
    const context = { ...issue.context(WRITTEN), signal: controller.signal, sleep: async () => controller.abort() };
    await expect(buildIssue(issue.settings.build, context)).rejects.toThrow(
      '"issue-42" is being worked on by process 99. Wait for it to end, or end it, then run this again.',
    );
    expect(issue.git.filesIn(issue.worktree).has('half.ts')).toBe(true);
  });

  it('takes over from one that has ended, though its number is in use again', async () => {
    const issue = await heldBy({ pid: 99, startedAt: '4' }, true);
    expect((await build(issue)).commits).toEqual(['Dark mode']);
    expect(await issue.host.registry.read()).toMatchObject([{ owner: issue.host.registry.self }]);
  });
});

describe('buildIssue of an issue that waits', () => {
  /** A writer that adds a file with each request. */
  const adds: StagedOptions = { agent: (request, fleet, asked) => writes(`${asked}.ts`)(request, fleet, asked) };
  const built = async (issue: StagedIssue, project = 'issue-42'): Promise<Built> => {
    const made = await build(issue, project);
    await storeApproved(issue, project);
    return made;
  };

  it('starts from the approved head of its blocker, fixes and commits of people included', async () => {
    const issue = await staged(adds);
    await addIssue(issue, '43', ['42']);
    await build(issue);
    issue.git.filesIn(issue.worktree).set('fixed.ts', '');
    const fixed = await issue.git.commitAll(issue.worktree, 'Fix');
    await storeApproved(issue, 'issue-42');
    const second = await build(issue, 'issue-43');
    expect(second).toMatchObject({ baseTree: await issue.git.resolveTree(fixed ?? ''), commits: ['Issue 43'] });
    expect(Object.keys(issue.git.filesOf(second.head))).toEqual(['README.md', '1.ts', 'fixed.ts', '2.ts']);
  });

  it('starts from the merge of two', async () => {
    const issue = await staged(adds);
    await addIssue(issue, '43');
    await addIssue(issue, '44', ['42', '43']);
    await built(issue);
    await built(issue, 'issue-43');
    const { baseTree, commits } = await build(issue, 'issue-44');
    expect(Object.keys(issue.git.filesOf(baseTree)).sort()).toEqual(['1.ts', '2.ts', 'README.md']);
    expect(commits).toEqual(['Issue 44']);
  });

  it('names the files in which two contradict each other', async () => {
    const issue = await staged();
    await addIssue(issue, '43');
    await addIssue(issue, '44', ['42', '43']);
    await built(issue);
    await built(issue, 'issue-43');
    await expect(build(issue, 'issue-44')).rejects.toThrow(
      '"issue-44" cannot start: issue-42 and issue-43 change the same lines of "a.ts". Let one wait for the other (--after), then run again.',
    );
  });

  it('says which blocker is not approved, and which is not here', async () => {
    const issue = await staged();
    await addIssue(issue, '43', ['42']);
    await addIssue(issue, '44', ['7']);
    await build(issue);
    await expect(build(issue, 'issue-43')).rejects.toThrow('which is not approved. Run: nx run issue-42:agent-deliver');
    await expect(build(issue, 'issue-44')).rejects.toThrow('"issue-44" waits for "issue-7", which has no worktree here.');
  });

  describe('for a blocker that has moved on', () => {
    const recipe = 'the same';
    const rebuild = async (issue: StagedIssue, change: Partial<StageContext> = {}): Promise<Built> =>
      buildIssue(issue.settings.build, { ...issue.context(WRITTEN, 'issue-43'), recipe, ...change });

    async function stacked(): Promise<StagedIssue> {
      const issue = await staged(adds);
      await addIssue(issue, '43', ['42']);
      await built(issue);
      await rebuild(issue);
      return issue;
    }

    async function moveOn(issue: StagedIssue, file: string): Promise<void> {
      issue.git.filesIn(issue.worktree).set(file, 'later');
      await issue.git.commitAll(issue.worktree, 'Later');
      await storeApproved(issue, 'issue-42');
    }

    it('has its commits moved over, and asks no agent', async () => {
      const issue = await stacked();
      const tip = issue.git.refs.get('refs/heads/issue/43-issue-43');
      await moveOn(issue, 'later.ts');
      const moved = await rebuild(issue);
      expect(Object.keys(issue.git.filesOf(moved.head)).sort()).toEqual(['1.ts', '2.ts', 'README.md', 'later.ts']);
      expect(moved).toMatchObject({ commits: ['Issue 43'], movedFrom: await issue.git.resolveTree(tip ?? '') });
      expect(issue.requests).toHaveLength(2);
      expect(issue.git.refs.get('refs/heads/issue/43-issue-43')).toBe(tip);
    });

    it('is built again where they do not fit, and where anything else is new', async () => {
      const issue = await stacked();
      await moveOn(issue, '2.ts');
      expect(await rebuild(issue)).not.toHaveProperty('movedFrom');
      expect(issue.requests).toHaveLength(3);
      await moveOn(issue, 'more.ts');
      expect(await rebuild(issue, { recipe: 'another' })).not.toHaveProperty('movedFrom');
      expect(issue.requests).toHaveLength(4);
    });
  });

  it('does not begin in a worktree whose making or removal was interrupted', async () => {
    const issue = await stageIssue({ agent: writes('a.ts') });
    await issue.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'removing' })), result: null }));
    await expect(buildIssue(issue.settings.build, issue.context(WRITTEN))).rejects.toThrow(
      'The worktree of "issue-42" is being removed. Finish that first: nx run fleet:doctor',
    );
    expect(issue.requests).toEqual([]);
  });
});
