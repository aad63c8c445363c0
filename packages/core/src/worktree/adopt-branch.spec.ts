import { adoptOrCreateBranch, type BranchDecision } from './adopt-branch.js';
import { claimWorktree } from './claim.js';
import { createFakeFleet, planInFleet, type FakeFleet } from './fleet.contract.js';

const ref = 'refs/heads/issue/42-dark-mode';

async function decide(fleet: FakeFleet): Promise<BranchDecision> {
  return adoptOrCreateBranch(await planInFleet(fleet), fleet.git.location, fleet);
}

async function claim(fleet: FakeFleet, ownsBranch: boolean): Promise<void> {
  const { manifest, worktree } = await planInFleet(fleet);
  const { project, branch } = manifest;
  await claimWorktree(
    { repository: '/repo/.git', project, branch, worktree, ownsBranch, takesSpare: false, reservedPorts: [], onProgress: () => {} },
    fleet.host,
  );
}

describe('adoptOrCreateBranch', () => {
  it('owns a branch that has to be made', async () => {
    expect(await decide(createFakeFleet())).toEqual({ owned: true });
  });

  it('adopts one that stands at the base and holds no work, and does not own it', async () => {
    const fleet = createFakeFleet();
    fleet.git.refs.set(ref, fleet.git.root);
    expect(await decide(fleet)).toEqual({ owned: false });
  });

  it.each([true, false])('goes on with the one of an earlier claim, owned: %s', async (owned) => {
    const fleet = createFakeFleet();
    await claim(fleet, owned);
    fleet.git.refs.set(ref, fleet.git.commit([fleet.git.root], { a: '1' }, 'Work'));
    expect(await decide(fleet)).toEqual({ owned });
  });

  it.each<readonly [string, string, string]>([
    ['a branch that is a folder of its name', 'refs/heads/issue', 'cannot exist beside the branch "issue"'],
    ['a branch in a folder of its name', `${ref}/more`, 'cannot exist beside the branch "issue/42-dark-mode/more"'],
    ['such a branch at origin', 'refs/remotes/origin/issue', 'origin has a branch "issue"'],
  ])('refuses a name that is blocked by %s, and gives another', async (_, other, reason) => {
    const fleet = createFakeFleet();
    fleet.git.refs.set(other, fleet.git.root);
    await expect(decide(fleet)).rejects.toThrow(reason);
    await expect(decide(fleet)).rejects.toThrow('--branch=issue-42-dark-mode');
  });

  it('refuses a base, or a branch, that tracks the env file', async () => {
    const files = { '.env.local': 'A=1' };
    await expect(decide(createFakeFleet({ git: { files } }))).rejects.toThrow('git rm --cached .env.local');
    const fleet = createFakeFleet();
    fleet.git.refs.set(ref, fleet.git.commit([fleet.git.root], files, 'Work'));
    await expect(decide(fleet)).rejects.toThrow('git rm --cached .env.local');
  });

  it("refuses one with somebody's work on it", async () => {
    const fleet = createFakeFleet();
    fleet.git.refs.set(ref, fleet.git.commit([fleet.git.root], { a: '1' }, 'Work'));
    await expect(decide(fleet)).rejects.toThrow(
      'Branch "issue/42-dark-mode" exists already and is not ours. To take it with the work on it: --branch=issue/42-dark-mode.',
    );
  });

  it('refuses one that is checked out elsewhere, though it stands at the base', async () => {
    const fleet = createFakeFleet();
    fleet.git.refs.set(ref, fleet.git.root);
    await fleet.git.addWorktree('/elsewhere', 'issue/42-dark-mode');
    await expect(decide(fleet)).rejects.toThrow('Branch "issue/42-dark-mode" is checked out in "/elsewhere". Choose another with --branch');
  });

  it('refuses a name that git does not take', async () => {
    const fleet = createFakeFleet();
    const plan = await planInFleet(fleet);
    const decision = adoptOrCreateBranch({ ...plan, manifest: { ...plan.manifest, branch: '-f' } }, fleet.git.location, fleet);
    await expect(decision).rejects.toThrow('"-f" is not a branch name that git takes. Choose another with --branch.');
  });

  it('refuses what is no branch name, and shows nothing of it that a terminal would act on', async () => {
    const fleet = createFakeFleet();
    const plan = await planInFleet(fleet);
    const odd = { ...plan, manifest: { ...plan.manifest, branch: 'a\nb\u001b[2J' } };
    const error: unknown = await adoptOrCreateBranch(odd, fleet.git.location, fleet).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/"a b" is not a branch name that git takes/);
  });
});
