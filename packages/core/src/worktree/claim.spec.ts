import { createFakeHost, type FakeHostOptions } from '../host/fake-host.js';
import type { Allocation, Registry } from '../host/registry.js';
import { claimWorktree, takeClaim, type ClaimRequest } from './claim.js';

const other = { pid: 99, startedAt: '5' };
const request: ClaimRequest = {
  repository: '/repo/.git',
  project: 'issue-42',
  branch: 'issue/42',
  worktree: '/w/issue-42',
  ownsBranch: true,
  takesSpare: true,
  reservedPorts: [],
  onProgress: () => {},
};

function allocation(change: Partial<Allocation> = {}): Allocation {
  const { repository, project, branch, worktree, ownsBranch } = request;
  return {
    repository,
    project,
    branch,
    worktree,
    ownsBranch,
    generation: '1f',
    firstPort: 20_500,
    state: 'creating',
    owner: other,
    ...change,
  };
}

async function claimOn(options: FakeHostOptions): ReturnType<typeof claimWorktree> {
  return claimWorktree(request, createFakeHost(options));
}

describe('claimWorktree', () => {
  it('claims names and ports for this process', async () => {
    const host = createFakeHost();
    const { allocation: made, wasReady } = await claimWorktree(request, host);
    expect(wasReady).toBe(false);
    expect(made).toMatchObject({
      project: 'issue-42',
      worktree: '/w/issue-42',
      branch: 'issue/42',
      ownsBranch: true,
      state: 'creating',
      owner: host.registry.self,
    });
    expect(await host.registry.read()).toEqual([made]);
  });

  it('finds its claim when it is asked again', async () => {
    const host = createFakeHost();
    const first = await claimWorktree(request, host);
    expect(await claimWorktree({ ...request, worktree: '/elsewhere', ownsBranch: false }, host)).toEqual(first);
    expect(await host.registry.read()).toHaveLength(1);
  });

  it('takes the next block when a foreign program listens on one of its ports, and says so', async () => {
    const lines: string[] = [];
    const first = (await claimOn({})).allocation.firstPort;
    const host = createFakeHost({ listening: [first + 3, first + 14] });
    const claim = await claimWorktree({ ...request, onProgress: (line) => lines.push(line) }, host);
    expect(claim.allocation.firstPort).toBe(first + 20);
    expect(lines).toEqual([first + 3, first + 14].map((port) => `port ${port} is in use by another program: taking the next block`));
    expect((await host.registry.read()).map(({ firstPort }) => firstPort)).toEqual([first + 20]);
  });

  it('lets the servers of a ready worktree keep their ports', async () => {
    const claim = await claimOn({ allocations: [allocation({ state: 'ready' })], listening: [20_500] });
    expect(claim).toMatchObject({ wasReady: true, allocation: { firstPort: 20_500, state: 'ready' } });
  });

  it('refuses while another living process makes it', async () => {
    await expect(claimOn({ allocations: [allocation()], running: [other] })).rejects.toThrow(
      '"issue-42" is being worked on by process 99. Wait for it to end, then run this again.',
    );
  });

  it.each([
    ['has ended', []],
    ['has ended and left its number to another', [{ pid: 99, startedAt: '6' }]],
  ])('takes over from a process that %s', async (_, running) => {
    const claim = await claimOn({ allocations: [allocation({ worktree: '/w/older', ownsBranch: false })], running });
    expect(claim).toMatchObject({
      wasReady: false,
      allocation: { firstPort: 20_500, worktree: '/w/older', ownsBranch: false, owner: { pid: 4711 } },
    });
  });

  it('takes over from an ended process though a living one with its number holds another claim', async () => {
    const reused = { pid: 99, startedAt: '6' };
    const allocations = [allocation(), allocation({ project: 'issue-7', firstPort: 20_510, owner: reused })];
    expect((await claimOn({ allocations, running: [reused] })).allocation.owner?.pid).toBe(4711);
  });

  it('refuses when another process was faster by a hair', async () => {
    const host = createFakeHost({ running: [other] });
    const registry: Registry = {
      ...host.registry,
      update: async (change) => {
        if ((await host.registry.read()).length === 0) await host.registry.update(() => ({ allocations: [allocation()], result: null }));
        return host.registry.update(change);
      },
    };
    await expect(claimWorktree(request, { ...host, registry })).rejects.toThrow('is being worked on by process 99');
    expect(await host.registry.read()).toEqual([allocation()]);
  });

  it('leaves a ready worktree to the living process that builds in it', async () => {
    expect((await claimOn({ allocations: [allocation({ state: 'ready' })], running: [other] })).allocation.owner).toEqual(other);
  });

  it('names the host of a process of another container', async () => {
    const elsewhere = { ...other, place: 'devcontainer/boot/pid:[1]' };
    await expect(claimOn({ allocations: [allocation({ owner: elsewhere })], running: [elsewhere] })).rejects.toThrow(
      'is being worked on by process 99 on "devcontainer". Wait',
    );
  });

  it('refuses one whose removal was interrupted, and says how to finish that', async () => {
    await expect(claimOn({ allocations: [allocation({ state: 'removing' })] })).rejects.toThrow(
      'Finish it first: nx g remove-worktree --issue=42',
    );
  });

  it('holds claims of the same project of two repositories apart', async () => {
    const claim = await claimOn({ allocations: [allocation({ repository: '/other/.git' })], running: [other] });
    expect(claim.allocation).toMatchObject({ repository: '/repo/.git', owner: { pid: 4711 } });
  });

  it('gives twenty claims at once twenty blocks', async () => {
    const host = createFakeHost();
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => claimWorktree({ ...request, project: `issue-${index}` }, host)),
    );
    expect(new Set(claims.map((claim) => claim.allocation.firstPort)).size).toBe(20);
    expect(await host.registry.read()).toHaveLength(20);
  });

  it('says what to do when no block is left', async () => {
    const allocations = Array.from({ length: 1_000 }, (_, index) =>
      allocation({ project: `issue-x${index}`, firstPort: 20_000 + 10 * index }),
    );
    await expect(claimOn({ allocations })).rejects.toThrow('All 1000 port blocks of this machine are taken. Remove worktrees');
  });
});

describe('takeClaim', () => {
  it('takes a claim over that is as it was seen', async () => {
    const host = createFakeHost({ allocations: [allocation()] });
    const taken = { ...allocation({ state: 'removing' }), owner: host.registry.self };
    expect(await takeClaim(allocation(), 'removing', host)).toEqual(taken);
    expect(await host.registry.read()).toEqual([taken]);
  });

  it.each<readonly [string, readonly Allocation[]]>([
    ['is gone', []],
    ['has another state', [allocation({ state: 'ready' })]],
    ['has another owner', [allocation({ owner: { ...other, startedAt: '6' } })]],
    ['is that of a later worktree', [allocation({ generation: '2a' })]],
  ])('leaves one alone that %s', async (_, allocations) => {
    const host = createFakeHost({ allocations });
    await expect(takeClaim(allocation(), 'removing', host)).rejects.toThrow('Another process has just begun to work on "issue-42".');
    expect(await host.registry.read()).toEqual(allocations);
  });
});
