import { UserError } from '../errors/user-error.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import type { Allocation } from '../host/registry.js';
import { parseSettings } from '../settings/parse-settings.js';
import { createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { planRemoval } from './plan-removal.js';
import { provisionWorktree } from './provision-worktree.js';
import { removeWorktree, type RemoveRequest } from './remove-worktree.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';
const backup = 'refs/nx-fleet/backup/issue-42/20260101T000000Z';
const files = { 'README.md': 'hello\n' };
const other = { pid: 99, startedAt: '5' };

async function create(fleet: FakeFleet): Promise<void> {
  await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
}

async function createReadyFleet(options: FakeHostOptions = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await create(fleet);
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

async function setOwner({ host }: FakeFleet, owner: Allocation['owner']): Promise<void> {
  await host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner })), result: null }));
}

describe('removeWorktree at fault', () => {
  it('removes a worktree whose database server is down, and says what stays', async () => {
    const fleet = await createReadyFleet();
    const removeBranch = (): Promise<never> => Promise.reject(new UserError('the server is down'));
    await remove({ ...fleet, database: { ...fleet.database, removeBranch } });
    expect(fleet.progress.at(-1)).toBe('the database branch stays: the server is down');
    expect([...fleet.host.files.keys(), ...(await fleet.host.registry.read())]).toEqual([]);
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
  });

  it('keeps under a ref what somebody writes while the database server takes its time', async () => {
    const fleet = await createReadyFleet();
    const removeBranch: FakeFleet['database']['removeBranch'] = async (given) => {
      fleet.git.filesIn(worktree).set('late.ts', 'mine');
      await fleet.database.removeBranch(given);
    };
    await remove({ ...fleet, database: { ...fleet.database, removeBranch } });
    expect(fleet.git.filesOf(backup)).toEqual({ ...files, 'late.ts': 'mine' });
    expect(fleet.progress).toContain(`files written in the meantime were kept as ${backup}`);
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
  });

  it('keeps under a ref what was merged under another name, though nobody forced it', async () => {
    const fleet = await createReadyFleet();
    const tip = await commitWork(fleet);
    fleet.git.refs.set('refs/remotes/origin/main', fleet.git.commit([fleet.git.root], { ...files, 'a.ts': '1' }, 'Work (#7)'));
    expect(await remove(fleet)).toEqual([backup]);
    expect(fleet.git.refs.get(backup)).toBe(tip);
    expect(fleet.git.refs.has(branchRef)).toBe(false);
  });

  it('keeps every loss: the branch, a detached HEAD, a build thrown away, and last the files', async () => {
    const fleet = await createReadyFleet();
    const { git } = fleet;
    const tip = await commitWork(fleet);
    const built = git.commit([git.root], { ...files, 'built.ts': '1' }, 'Built');
    git.refs.set('refs/nx-fleet/built/issue-42', built);
    const detached = git.commit([git.root], { ...files, 'd.ts': '1' }, 'Detached');
    git.setWorktree(worktree, { branch: null });
    await git.resetWorktree(worktree, detached);
    git.filesIn(worktree).set('dirty.ts', '1');
    const refs = await remove(fleet, true);
    expect(refs).toEqual([backup, `${backup}-2`, `${backup}-3`, `${backup}-4`]);
    expect(refs.slice(0, 3).map((ref) => git.refs.get(ref))).toEqual([built, tip, detached]);
    expect(git.filesOf(`${backup}-4`)).toEqual({ ...files, 'd.ts': '1', 'dirty.ts': '1' });
  });

  it('keeps a base that no other branch holds any more, though no work was done on it', async () => {
    const fleet = createFakeFleet();
    const base = fleet.git.commit([fleet.git.root], { ...files, 'feature.ts': '1' }, 'Feature');
    const plan = await planInFleet(fleet);
    const manifest = { ...plan.manifest, base };
    await fleet.host.state.writeIssue('issue-42', manifest, plan.spec);
    await provisionWorktree(provisionRequest({ ...plan, manifest, branchStart: base }, fleet), fleet);
    expect(await remove(fleet)).toEqual([backup]);
    expect(fleet.git.refs.get(backup)).toBe(base);
  });

  it('leaves the stash and a lock to git when forced', async () => {
    const fleet = createFakeFleet({ git: { stashes: { 'issue/42-dark-mode': ['WIP'] } } });
    await create(fleet);
    fleet.git.setWorktree(worktree, { locked: true });
    expect(await remove(fleet, true)).toEqual([]);
    expect(await fleet.git.stashesOn('issue/42-dark-mode')).toEqual(['WIP']);
  });

  it('leaves a branch that another worktree has checked out meanwhile, and says so', async () => {
    const fleet = await createReadyFleet();
    fleet.git.setWorktree(worktree, { branch: null });
    await fleet.git.addWorktree('/mine', 'issue/42-dark-mode');
    await remove(fleet);
    expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
    expect(fleet.progress.at(-1)).toBe('branch "issue/42-dark-mode" stays: it is checked out in "/mine"');
  });

  it('refuses even forced while the process that has claimed it lives, though no build shows yet', async () => {
    const fleet = await createReadyFleet({ running: [other] });
    await setOwner(fleet, other);
    await expect(remove(fleet, true)).rejects.toThrow('"issue-42" is being worked on by process 99.');
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it('refuses when a build claims the worktree between its look and its deed', async () => {
    const fleet = await createReadyFleet();
    const isAlive: typeof fleet.host.registry.isAlive = async (owner) => {
      await setOwner(fleet, other);
      return fleet.host.registry.isAlive(owner);
    };
    await setOwner(fleet, fleet.host.registry.self);
    fleet.host.becomeAnotherProcess();
    const raced = { ...fleet, host: { ...fleet.host, registry: { ...fleet.host.registry, isAlive } } };
    await expect(remove(raced, true)).rejects.toThrow('Another process has just begun to work on "issue-42".');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready', owner: other }]);
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it('lets one of two removals at once win, and nobody loses a worktree made after it', async () => {
    const fleet = await createReadyFleet();
    const slow = await planRemoval(request(fleet), fleet);
    await remove(fleet);
    fleet.host.becomeAnotherProcess();
    await create(fleet);
    await expect(removeWorktree(slow, request(fleet), fleet)).rejects.toThrow('"issue-42" has changed since it was looked at');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect([...fleet.database.branches]).toEqual(['issue-42']);
  });

  it('refuses when the detached commits are others than those that it has shown', async () => {
    const fleet = await createReadyFleet();
    const { git } = fleet;
    git.setWorktree(worktree, { branch: null });
    await commitWork(fleet);
    const seen = await planRemoval(request(fleet, true), fleet);
    await git.resetWorktree(worktree, git.commit([git.root], { ...files, 'a.ts': '2' }, 'Amended'));
    await expect(removeWorktree(seen, request(fleet, true), fleet)).rejects.toThrow('has changed since it was looked at');
  });

  it('gives the claim back when the losses cannot be kept', async () => {
    const fleet = await createReadyFleet();
    fleet.git.filesIn(worktree).set('a.ts', '1');
    const captureWorktree = (): Promise<never> => Promise.reject(new Error('disk full'));
    await expect(remove({ ...fleet, git: { ...fleet.git, captureWorktree } }, true)).rejects.toThrow('disk full');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect(fleet.git.filesIn(worktree).get('a.ts')).toBe('1');
  });
});
