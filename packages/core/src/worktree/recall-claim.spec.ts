import { createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { planRemoval } from './plan-removal.js';
import { provisionWorktree } from './provision-worktree.js';
import { removeWorktree } from './remove-worktree.js';

const branchRef = 'refs/heads/issue/42-dark-mode';

async function makeAgain(fleet: FakeFleet): Promise<void> {
  await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
}

/** A worktree with work in it, whose names and ports were released while its repository was away. */
async function releasedFleet(): Promise<FakeFleet> {
  const fleet = createFakeFleet();
  await makeAgain(fleet);
  fleet.git.filesIn('/repo.worktrees/issue-42').set('work.ts', '1');
  await fleet.git.commitAll('/repo.worktrees/issue-42', 'work');
  await fleet.host.registry.update(() => ({ allocations: [], result: null }));
  fleet.host.becomeAnotherProcess();
  return fleet;
}

describe('a worktree whose claim was released', () => {
  it('is claimed again by the command that made it, with its ports, its work and its branch', async () => {
    const fleet = await releasedFleet();
    const before = await fleet.host.state.readLocal('issue-42');
    await makeAgain(fleet);
    expect(await fleet.host.registry.read()).toMatchObject([{ project: 'issue-42', state: 'ready', ownsBranch: true }]);
    expect(await fleet.host.state.readLocal('issue-42')).toEqual(before);
    expect(fleet.git.filesIn('/repo.worktrees/issue-42').has('work.ts')).toBe(true);
  });

  it('gets other ports where its own have been given away', async () => {
    const fleet = await releasedFleet();
    const before = (await fleet.host.state.readLocal('issue-42'))?.ports['PORT'] ?? 0;
    await fleet.host.registry.update(() => ({ allocations: [aClaimOn(before)], result: null }));
    await makeAgain(fleet);
    const ports = (await fleet.host.state.readLocal('issue-42'))?.ports;
    expect(ports?.['PORT']).not.toBe(before);
    expect(await fleet.host.readEnvironment('/repo.worktrees/issue-42/.env.local')).toMatchObject({ PORT: String(ports?.['PORT']) });
  });

  it('is removed with its branch', async () => {
    const fleet = await releasedFleet();
    const { location } = fleet.git;
    const { settings } = provisionRequest(await planInFleet(fleet), fleet);
    const request = { project: 'issue-42', location, settings, force: true, onProgress: () => undefined };
    await removeWorktree(await planRemoval(request, fleet), request, fleet);
    expect(fleet.git.refs.has(branchRef)).toBe(false);
  });
});

function aClaimOn(firstPort: number) {
  return {
    repository: '/other/.git',
    project: 'issue-1',
    generation: 'x',
    worktree: '/other.worktrees/issue-1',
    branch: 'issue/1',
    ownsBranch: true,
    firstPort,
    state: 'ready' as const,
    owner: { pid: 99, startedAt: '5' },
  };
}
