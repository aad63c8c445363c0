import { createFakeFleet, anIssue, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import { provisionWorktree } from './provision-worktree.js';
import { parseSettings } from '../settings/parse-settings.js';
import { planRemoval } from './plan-removal.js';
import { removeWorktree, type RemoveRequest } from './remove-worktree.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';
const backup = 'refs/nx-fleet/backup/issue-42/20260101T000000Z';

async function createReadyFleet(options: FakeHostOptions = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
  return fleet;
}

function request({ git, progress }: FakeFleet, force = false): RemoveRequest {
  return { project: 'issue-42', location: git.location, settings: parseSettings([]), force, onProgress: (line) => progress.push(line) };
}

async function remove(fleet: FakeFleet, force = false): Promise<readonly string[]> {
  return removeWorktree(await planRemoval(request(fleet, force), fleet), request(fleet, force), fleet);
}

async function commitWork({ git }: FakeFleet): Promise<string> {
  git.filesIn(worktree).set('a.ts', '1');
  return (await git.commitAll(worktree, 'Work')) ?? '';
}

async function expectNothingLeft({ git, host, database }: FakeFleet): Promise<void> {
  expect([...host.files.keys()]).toEqual([]);
  expect(await host.registry.read()).toEqual([]);
  expect(await git.listWorktrees()).toHaveLength(1);
  expect([...database.branches]).toEqual([]);
  expect(git.refs.has(branchRef)).toBe(false);
}

describe('removeWorktree', () => {
  it('takes away worktree, branch, database, claim and state of an issue without work', async () => {
    const fleet = await createReadyFleet();
    fleet.git.refs.set('refs/nx-fleet/built/issue-42', fleet.git.root).set('refs/nx-fleet/building/issue-42', fleet.git.root);
    fleet.host.files.set('/repo/.nx-fleet/out/issue-42/agent-plan/plan.json', '{}');
    expect(await remove(fleet)).toEqual([]);
    await expectNothingLeft(fleet);
    expect([...fleet.git.refs.keys()]).toEqual(['refs/heads/main', 'refs/remotes/origin/main']);
  });

  it('takes commits away that the default branch has, and keeps those that only a remote branch seems to have', async () => {
    for (const [ref, kept] of [
      ['refs/remotes/origin/main', 0],
      ['refs/remotes/origin/issue/42', 1],
    ] as const) {
      const fleet = await createReadyFleet();
      fleet.git.refs.set(ref, await commitWork(fleet));
      expect(await remove(fleet)).toHaveLength(kept);
      await expectNothingLeft(fleet);
    }
  });

  it('removes worktrees that were added inside, keeps their files, and leaves their branches', async () => {
    const fleet = await createReadyFleet();
    const { git } = fleet;
    const inner = `${worktree}/.claude/worktrees/a`;
    await git.createBranch('wa', git.root);
    await git.addWorktree(inner, 'wa');
    await git.checkoutWorktree(inner);
    git.filesIn(inner).set('new.ts', 'new');
    await removeWorktree(await planRemoval(request(fleet, true), fleet), request(fleet, true), fleet);
    await expectNothingLeft(fleet);
    expect(git.refs.has('refs/heads/wa')).toBe(true);
    const kept = [...git.refs.keys()].find((ref) => ref.includes('/backup/')) ?? '';
    expect(git.filesOf(kept)['new.ts']).toBe('new');
    expect(fleet.progress.some((line) => line.includes(inner) && line.includes('"wa"') && line.includes(kept))).toBe(true);
  });

  it('says which issues there are when it does not know one', async () => {
    const fleet = await createReadyFleet();
    await expect(planRemoval({ ...request(fleet), project: 'issue-7' }, fleet)).rejects.toThrow(
      '"issue-7" does not exist here. There are: issue-42.',
    );
    await remove(fleet);
    await expect(remove(fleet)).rejects.toThrow('"issue-42" does not exist here. No issue has a worktree.');
  });

  it('ends what a killed run left in the worktree, and of the team’s programs in the main one, before it takes anything', async () => {
    const fleet = await createReadyFleet();
    const before = fleet.host.strayLog.length;
    const endStrays = async (directory: string): Promise<number> => {
      expect((await fleet.git.listWorktrees()).map(({ path }) => path)).toContain(directory);
      return fleet.host.endStrays(directory);
    };
    await removeWorktree(await planRemoval(request(fleet), fleet), request(fleet), { ...fleet, host: { ...fleet.host, endStrays } });
    expect(fleet.host.strayLog.slice(before)).toEqual(['/repo', worktree]);
  });

  it.each<readonly [string, (fleet: FakeFleet) => unknown]>([
    ['an edit', ({ git }) => git.filesIn(worktree).set('a.ts', '1')],
    ['a commit', commitWork],
  ])('refuses after %s that its plan does not know, even forced', async (_, arrange) => {
    const fleet = await createReadyFleet();
    const plan = await planRemoval(request(fleet, true), fleet);
    await arrange(fleet);
    await expect(removeWorktree(plan, request(fleet, true), fleet)).rejects.toThrow('"issue-42" has changed since it was looked at');
    expect(fleet.git.filesIn(worktree).get('a.ts')).toBe('1');
  });

  it('keeps a branch that was there before', async () => {
    const fleet = createFakeFleet();
    fleet.git.refs.set(branchRef, fleet.git.root);
    await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
    await remove(fleet);
    expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
  });

  it.each<readonly [string, (fleet: FakeFleet) => unknown, string]>([
    [
      'uncommitted files',
      ({ git }) => git.filesIn(worktree).set('a\u001b[31m.ts', '1').set('b.ts', '2'),
      '2 uncommitted files, first "a.ts"',
    ],
    ['commits that nobody else has', commitWork, '1 unpushed and unmerged commit on "issue/42-dark-mode"'],
    ['a lock', ({ git }) => git.setWorktree(worktree, { locked: true }), 'git has it locked: git worktree unlock'],
    [
      'an issue that waits',
      async (fleet) => planInFleet(fleet, anIssue({ reference: '43', blockedBy: ['42'] })),
      '"issue-43" waits for it',
    ],
  ])('refuses because of %s, and touches nothing', async (_, arrange, reason) => {
    const fleet = await createReadyFleet();
    await arrange(fleet);
    const files = [...fleet.host.files];
    await expect(remove(fleet)).rejects.toThrow(
      `"issue-42" is not removed: ${reason}. Commit, push or merge it, or use --force, which keeps a ref under refs/nx-fleet/backup/.`,
    );
    expect([...fleet.host.files]).toEqual(files);
    expect(fleet.git.refs.has(branchRef)).toBe(true);
    expect(fleet.database.branches.size).toBe(1);
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
  });

  it('counts commits on a detached HEAD', async () => {
    const fleet = await createReadyFleet();
    fleet.git.setWorktree(worktree, { branch: null });
    const commit = await commitWork(fleet);
    await expect(remove(fleet)).rejects.toThrow('1 unpushed and unmerged commit on a detached HEAD');
    expect(await remove(fleet, true)).toEqual([backup]);
    expect(fleet.git.refs.get(backup)).toBe(commit);
  });

  it('keeps uncommitted files and commits under refs of their own when forced', async () => {
    const fleet = await createReadyFleet();
    const commit = await commitWork(fleet);
    fleet.git.filesIn(worktree).set('b.ts', '2');
    expect(await remove(fleet, true)).toEqual([backup, `${backup}-2`]);
    expect(fleet.git.refs.get(backup)).toBe(commit);
    expect(fleet.git.filesOf(`${backup}-2`)).toMatchObject({ 'a.ts': '1', 'b.ts': '2' });
    await expectNothingLeft(fleet);
  });

  it('overwrites nothing that was kept in the same second', async () => {
    const fleet = await createReadyFleet();
    fleet.git.refs.set(backup, fleet.git.root);
    const commit = await commitWork(fleet);
    expect(await remove(fleet, true)).toEqual([`${backup}-2`]);
    expect([fleet.git.refs.get(backup), fleet.git.refs.get(`${backup}-2`)]).toEqual([fleet.git.root, commit]);
  });

  it('does not take the worktree from under a process that builds in it, not even forced', async () => {
    const builder = { pid: 99, startedAt: '5' };
    const fleet = await createReadyFleet({ running: [builder] });
    await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner: builder })), result: null }));
    fleet.git.refs.set('refs/nx-fleet/building/issue-42', fleet.git.root);
    await expect(remove(fleet, true)).rejects.toThrow(
      '"issue-42" is being worked on by process 99. Wait for it to end, or end it, then run this again.',
    );
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it('does not take away an issue of which a stage runs, not even forced, and names it', async () => {
    const fleet = await createReadyFleet({ exclusiveWork: ['issue-42.agent-plan', 'issue-42.agent-review--judge', 'issue-4.agent-plan'] });
    await expect(remove(fleet, true)).rejects.toThrow('"issue-42" is being worked on by agent-plan, agent-review--judge. Wait for');
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it('never takes the branch of an issue for the default branch', async () => {
    const fleet = await createReadyFleet();
    await planInFleet(fleet, anIssue({ reference: '7', title: 'Seven' }));
    const asked: (readonly string[] | undefined)[] = [];
    const git = { ...fleet.git, defaultBranch: async (branches?: readonly string[]) => (asked.push(branches), null) };
    await planRemoval(request(fleet), { ...fleet, git });
    expect(asked).toEqual([['issue/42-dark-mode', 'issue/7-seven']]);
  });

  it('keeps a branch that neither the registry nor the local state records as ours', async () => {
    const fleet = await createReadyFleet();
    await fleet.host.registry.update(() => ({ allocations: [], result: null }));
    const local = await fleet.host.state.readLocal('issue-42');
    if (local !== null) await fleet.host.state.writeLocal('issue-42', { ...local, ownsBranch: undefined });
    await remove(fleet);
    expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
    expect(await fleet.host.state.listProjects()).toEqual([]);
  });

  it('removes a half-made worktree without asking what is dirty in it', async () => {
    const fleet = createFakeFleet();
    const cancelled = {
      ...provisionRequest(await planInFleet(fleet), fleet, { worktrees: { setup: ['x'] } }),
      signal: AbortSignal.abort(),
    };
    await expect(provisionWorktree(cancelled, fleet)).rejects.toThrow('(cancelled)');
    fleet.git.filesIn(worktree).clear();
    await remove(fleet);
    await expectNothingLeft(fleet);
  });

  describe('interrupted at any of its steps', () => {
    const steps = ['database', 'worktree', 'branch', 'claim', 'state'] as const;

    function failingAt(step: (typeof steps)[number], fleet: FakeFleet): FakeFleet {
      const fail = (): Promise<never> => Promise.reject(new Error(`killed at ${step}`));
      const { git, host, database } = fleet;
      let updates = 0;
      const update: typeof host.registry.update = (change) => (++updates === 2 ? fail() : host.registry.update(change));
      return {
        ...fleet,
        database: step === 'database' ? { ...database, removeBranch: fail } : database,
        git: { ...git, ...(step === 'worktree' ? { removeWorktree: fail } : {}), ...(step === 'branch' ? { deleteBranch: fail } : {}) },
        host: {
          ...host,
          registry: step === 'claim' ? { ...host.registry, update } : host.registry,
          state: step === 'state' ? { ...host.state, removeIssue: fail } : host.state,
        },
      };
    }

    it.each(steps)('is finished by the same command: %s', async (step) => {
      const fleet = await createReadyFleet();
      await expect(remove(failingAt(step, fleet))).rejects.toThrow(`killed at ${step}`);
      expect(await remove(fleet)).toEqual([]);
      await expectNothingLeft(fleet);
    });
  });
});
