import type { FakeHostOptions } from '../host/fake-host.js';
import type { FakeGitOptions } from '../git/fake-git.js';
import { parseSettings } from '../settings/parse-settings.js';
import type { PullRequest } from '../tracker/tracker.js';
import { anIssue, createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { planRemoval, type RemovalPlan } from './plan-removal.js';
import { provisionWorktree } from './provision-worktree.js';
import { removeWorktree } from './remove-worktree.js';

const worktree = '/repo.worktrees/issue-42';
const branch = 'issue/42-dark-mode';
const branchRef = `refs/heads/${branch}`;
const files = { 'README.md': 'hello\n' };

async function createReadyFleet(options: FakeHostOptions & { readonly git?: FakeGitOptions } = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
  return fleet;
}

async function plan({ git, ...fleet }: FakeFleet, pullRequests?: readonly PullRequest[]): Promise<RemovalPlan> {
  const pullRequestsOf = pullRequests === undefined ? undefined : async () => pullRequests;
  return planRemoval({ project: 'issue-42', location: git.location }, { ...fleet, git, pullRequestsOf });
}

async function commitWork({ git }: FakeFleet, text = '1'): Promise<string> {
  git.filesIn(worktree).set('a.ts', text);
  return (await git.commitAll(worktree, `Work ${text}`)) ?? '';
}

function aPullRequest(change: Partial<PullRequest>): PullRequest {
  const place = { url: 'https://example.com/7', branch, baseBranch: 'main', isFork: false, ref: 'refs/pull/7/head' };
  return { number: 7, title: 'Dark mode', body: '', state: 'open', head: '', ...place, ...change };
}

/** A branch with someone's commit on it, taken over as it is. */
async function adopt(fleet: FakeFleet): Promise<string> {
  const { git, host } = fleet;
  const tip = git.commit([git.root], { ...files, 'a.ts': '1' }, 'Theirs');
  git.refs.set(branchRef, tip);
  const made = await planInFleet(fleet);
  const adopted = { ...made, manifest: { ...made.manifest, adopted: true as const }, branchStart: tip };
  await host.state.writeIssue('issue-42', adopted.manifest, adopted.spec);
  await provisionWorktree(provisionRequest(adopted, fleet), fleet);
  return tip;
}

describe('planRemoval', () => {
  it('finds nothing to lose in a worktree without work', async () => {
    const fleet = await createReadyFleet();
    expect(await plan(fleet)).toMatchObject({ losses: [], keptCommits: [], dirtyPaths: [], merge: null, here: false, tip: fleet.git.root });
  });

  it('does not mind an issue that waits for it and goes with it', async () => {
    const fleet = await createReadyFleet();
    await planInFleet(fleet, anIssue({ reference: '43', blockedBy: ['42'] }));
    const question = { project: 'issue-42', location: fleet.git.location };
    expect((await planRemoval({ ...question, together: ['issue-42', 'issue-43'] }, fleet)).losses).toEqual([]);
    expect((await planRemoval({ ...question, together: ['issue-42'] }, fleet)).losses).toEqual(['"issue-43" waits for it']);
  });

  it.each<readonly [string, (fleet: FakeFleet) => unknown, string]>([
    ['a changed file', ({ git }) => git.filesIn(worktree).set('README.md', 'new'), '1 uncommitted file, first "README.md"'],
    ['an untracked file', ({ git }) => git.filesIn(worktree).set('new\u001b[2J.ts', ''), '1 uncommitted file, first "new.ts"'],
    ['a deleted file', ({ git }) => git.filesIn(worktree).delete('README.md'), '1 uncommitted file, first "README.md"'],
    ['an unpushed commit', (fleet) => commitWork(fleet), `1 unpushed and unmerged commit on "${branch}"`],
    ['a lock', ({ git }) => git.setWorktree(worktree, { locked: true }), 'git has it locked: git worktree unlock'],
    [
      'an issue that waits for it',
      async (fleet) => planInFleet(fleet, anIssue({ reference: '43', blockedBy: ['42'] })),
      '"issue-43" waits for it',
    ],
  ])('sees %s, and nothing else', async (_, arrange, loss) => {
    const fleet = await createReadyFleet();
    await arrange(fleet);
    expect((await plan(fleet)).losses).toEqual([loss]);
  });

  it('sees stash entries of the branch', async () => {
    const fleet = await createReadyFleet({ git: { stashes: { [branch]: ['WIP'], main: ['other'] } } });
    expect((await plan(fleet)).losses).toEqual([`1 stash entry of "${branch}": git stash list`]);
  });

  it('names processes that work inside, at most three, printable', async () => {
    const running = [1, 2, 3, 4].map((pid) => ({ pid, name: `vi\u001b[31mm` }));
    const fleet = await createReadyFleet({ processes: { [worktree]: running } });
    expect((await plan(fleet)).losses).toEqual([1, 2, 3].map((pid) => `process ${pid} (vim) works in it`));
  });

  it.each<readonly [string, string, boolean]>([
    ['its own remote branch', `refs/remotes/origin/${branch}`, true],
    ['any other remote branch', 'refs/remotes/fork/theirs', true],
    ['the default branch', 'refs/remotes/origin/main', false],
    ['the default branch here', 'refs/heads/main', false],
  ])('loses no commit that %s has, and keeps it unless it is in the default branch', async (_, ref, isKept) => {
    const fleet = await createReadyFleet();
    const commit = await commitWork(fleet);
    fleet.git.refs.set(ref, commit);
    expect(await plan(fleet)).toMatchObject({ losses: [], keptCommits: isKept ? [commit] : [] });
  });

  it('sees work in a worktree that was added inside of it', async () => {
    const fleet = await createReadyFleet();
    const inner = await addInner(fleet);
    expect((await plan(fleet)).losses).toEqual([]);
    fleet.git.filesIn(inner).set('new.ts', '');
    expect((await plan(fleet)).losses).toEqual([`1 uncommitted file, first "new.ts", in the worktree "${inner}" inside it`]);
  });

  it('sees the commits that were made after a push', async () => {
    const fleet = await createReadyFleet();
    fleet.git.refs.set(`refs/remotes/origin/${branch}`, await commitWork(fleet));
    const tip = await commitWork(fleet, '2');
    const { losses, keptCommits } = await plan(fleet);
    expect(losses).toEqual([expect.stringMatching(/unpushed and unmerged commits? on "/)]);
    expect(keptCommits).toEqual([tip]);
  });

  describe('of merged work', () => {
    it('is no loss when the same change came in squashed, and its commits are kept all the same', async () => {
      const fleet = await createReadyFleet();
      const tip = await commitWork(fleet);
      fleet.git.refs.set('refs/remotes/origin/main', fleet.git.commit([fleet.git.root], { ...files, 'a.ts': '1' }, 'Work (#7)'));
      expect(await plan(fleet)).toMatchObject({ losses: [], keptCommits: [tip], merge: { kind: 'equivalent', into: 'origin/main' } });
    });

    it('is no loss when its pull request says so', async () => {
      const fleet = await createReadyFleet();
      const tip = await commitWork(fleet);
      const pullRequest = aPullRequest({ state: 'merged', head: tip });
      expect(await plan(fleet, [pullRequest])).toMatchObject({ losses: [], keptCommits: [tip], merge: { kind: 'pull-request' } });
    });

    it('is a loss with what was committed after the merge', async () => {
      const fleet = await createReadyFleet();
      const merged = await commitWork(fleet);
      await commitWork(fleet, '2');
      const { losses, merge } = await plan(fleet, [aPullRequest({ state: 'merged', head: merged })]);
      expect(losses).toEqual([`2 unpushed and unmerged commits on "${branch}"`]);
      expect(merge).toBeNull();
    });
  });

  it('refuses for an open pull request alone when all is pushed, and for commits too when not', async () => {
    const fleet = await createReadyFleet();
    const pushed = await commitWork(fleet);
    const open = [aPullRequest({ head: pushed })];
    expect((await plan(fleet, open)).losses).toEqual(['pull request https://example.com/7 is open']);
    await commitWork(fleet, '2');
    expect((await plan(fleet, open)).losses).toEqual([
      `2 unpushed and unmerged commits on "${branch}"`,
      'pull request https://example.com/7 is open',
    ]);
  });

  it('refuses neither for the open pull request nor for the commits of a branch that it only took over', async () => {
    const fleet = createFakeFleet();
    const tip = await adopt(fleet);
    const open = await plan(fleet, [aPullRequest({ head: tip })]);
    expect(open).toMatchObject({ losses: [], keptCommits: [], merge: { kind: 'open' }, allocation: { ownsBranch: false } });
  });

  it('sees commits on a detached HEAD that the branch does not have, and none that it has', async () => {
    const fleet = await createReadyFleet();
    fleet.git.setWorktree(worktree, { branch: null });
    expect((await plan(fleet)).losses).toEqual([]);
    const head = await commitWork(fleet);
    expect(await plan(fleet)).toMatchObject({
      losses: ['1 unpushed and unmerged commit on a detached HEAD'],
      keptCommits: [head],
    });
  });

  it('loses nothing on a detached HEAD that a branch has which stays', async () => {
    const fleet = createFakeFleet();
    const tip = await adopt(fleet);
    fleet.git.setWorktree(worktree, { branch: null });
    await fleet.git.resetWorktree(worktree, tip);
    expect((await plan(fleet)).losses).toEqual([]);
  });

  it('keeps a build that was thrown away, without refusing for it', async () => {
    const fleet = await createReadyFleet();
    const built = fleet.git.commit([fleet.git.root], { ...files, 'b.ts': '1' }, 'Built');
    fleet.git.refs.set('refs/nx-fleet/built/issue-42', built);
    expect(await plan(fleet)).toMatchObject({ losses: [], keptCommits: [built] });
  });

  it('keeps no build twice whose commits the branch has', async () => {
    const fleet = await createReadyFleet();
    const built = await commitWork(fleet);
    fleet.git.refs.set('refs/nx-fleet/built/issue-42', built);
    const tip = await commitWork(fleet, '2');
    expect((await plan(fleet)).keptCommits).toEqual([tip]);
  });

  it('never asks what is dirty in a half-made worktree', async () => {
    const fleet = await createReadyFleet();
    await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'creating' })), result: null }));
    fleet.git.filesIn(worktree).clear();
    expect((await plan(fleet)).losses).toEqual([]);
  });

  it.each<readonly [string, (fleet: FakeFleet) => unknown]>([
    ['that git does not list', ({ git }) => git.removeWorktree(worktree, async () => {})],
    ['without its .git file', ({ host }) => host.files.delete(`${worktree}/.git`)],
  ])('refuses to judge a folder %s, forced or not', async (_, arrange) => {
    const fleet = await createReadyFleet();
    await arrange(fleet);
    await expect(plan(fleet)).rejects.toThrow(`"${worktree}" exists, but git does not know it as a worktree`);
  });

  it('goes on with what an interrupted removal has left of a folder', async () => {
    const fleet = await createReadyFleet();
    fleet.host.files.delete(`${worktree}/.git`);
    await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'removing' })), result: null }));
    expect((await plan(fleet)).losses).toEqual([]);
  });

  it('reads from the local state what the registry no longer knows, and leaves a branch that it does not record as ours', async () => {
    const fleet = await createReadyFleet();
    await commitWork(fleet);
    await fleet.host.registry.update(() => ({ allocations: [], result: null }));
    const tip = fleet.git.refs.get('refs/heads/issue/42-dark-mode');
    expect(await plan(fleet)).toMatchObject({ allocation: { worktree, ownsBranch: true, state: 'ready' }, keptCommits: [tip] });
    const local = await fleet.host.state.readLocal('issue-42');
    if (local !== null) await fleet.host.state.writeLocal('issue-42', { ...local, ownsBranch: undefined });
    expect(await plan(fleet)).toMatchObject({ allocation: { worktree, ownsBranch: false }, losses: [], keptCommits: [] });
  });

  it('plans no removal of a checkout that was there before, but of what was made for it', async () => {
    const fleet = createFakeFleet();
    await provisionHere(fleet);
    fleet.git.refs.set('refs/heads/main', fleet.git.commit([fleet.git.root], { ...files, 'a.ts': '1' }, 'Work'));
    expect(await plan(fleet)).toMatchObject({ here: true, losses: [], allocation: { worktree: '/repo', ownsBranch: false } });
  });
});

async function addInner({ git }: FakeFleet): Promise<string> {
  const inner = `${worktree}/.claude/worktrees/a`;
  await git.createBranch('wa', git.root);
  await git.addWorktree(inner, 'wa');
  await git.checkoutWorktree(inner);
  return inner;
}

async function provisionHere(fleet: FakeFleet): Promise<void> {
  const made = await planInFleet(fleet);
  const here = { ...made, manifest: { ...made.manifest, branch: 'main' }, worktree: '/repo', here: true };
  await fleet.host.state.writeIssue('issue-42', here.manifest, here.spec);
  const git = { ...fleet.git, dirtyPaths: async () => [], ignoredPaths: async (_: string, paths: readonly string[]) => paths };
  await provisionWorktree(provisionRequest(here, fleet), { ...fleet, git });
}

describe('removing a checkout that was there before', () => {
  it('empties its env file and drops its database, and leaves files and branch', async () => {
    const fleet = createFakeFleet({ files: { '/repo/src/a.ts': '1' } });
    await provisionHere(fleet);
    expect(await fleet.host.readEnvironment('/repo/.env.local')).toMatchObject({ DATABASE_URL: 'memory:issue-42' });
    const { location } = fleet.git;
    const request = { project: 'issue-42', location, settings: parseSettings([]), force: true, onProgress: () => {} };
    await removeWorktree(await plan(fleet), request, fleet);
    expect(await fleet.host.readEnvironment('/repo/.env.local')).toEqual({});
    expect([fleet.host.files.get('/repo/src/a.ts'), fleet.git.refs.get('refs/heads/main')]).toEqual(['1', fleet.git.root]);
    expect([...fleet.database.branches, ...(await fleet.host.registry.read())]).toEqual([]);
  });
});
