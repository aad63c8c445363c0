import type { Allocation, Registry } from './registry.js';

/** What any `Registry` does. `make` gives an empty one. */
export function describeRegistry(name: string, make: () => Registry | Promise<Registry>): void {
  describe(`${name}, as a registry`, () => {
    it('is empty at first', async () => {
      expect(await (await make()).read()).toEqual([]);
    });

    it('keeps what an update makes of it and gives back the result', async () => {
      const registry = await make();
      const allocation = allocate(registry, 'issue-1');
      expect(await registry.update(() => ({ allocations: [allocation], result: 'done' }))).toBe('done');
      expect(await registry.read()).toEqual([allocation]);
    });

    it('shows an update what the one before has left', async () => {
      const registry = await make();
      await registry.update((current) => ({ allocations: [...current, allocate(registry, 'issue-1')], result: null }));
      const seen = await registry.update((current) => ({ allocations: [], result: current.map(({ project }) => project) }));
      expect(seen).toEqual(['issue-1']);
      expect(await registry.read()).toEqual([]);
    });

    it('keeps spares beside allocations, and leaves them alone when an update does not name them', async () => {
      const registry = await make();
      const spare = { repository: '/repo/.git', worktree: '/repo.worktrees/.spare-1', state: 'ready', owner: registry.self } as const;
      await registry.update((allocations) => ({ allocations, spares: [spare], result: null }));
      await registry.update(() => ({ allocations: [allocate(registry, 'issue-1')], result: null }));
      expect(await registry.readSpares()).toEqual([spare]);
      const taken = await registry.update((allocations, spares) => ({ allocations, spares: [], result: spares }));
      expect(taken).toEqual([spare]);
      expect(await registry.readSpares()).toEqual([]);
    });

    it('stays as it was when the change throws', async () => {
      const registry = await make();
      await registry.update(() => ({ allocations: [allocate(registry, 'issue-1')], result: null }));
      const change = (): never => {
        throw new RangeError('no port is left');
      };
      await expect(registry.update(change)).rejects.toThrow(RangeError);
      expect((await registry.read()).map(({ project }) => project)).toEqual(['issue-1']);
    });

    it('loses none of the updates that run at once', async () => {
      const registry = await make();
      const projects = Array.from({ length: 12 }, (_, index) => `issue-${index}`);
      await Promise.all(
        projects.map((project) => registry.update((current) => ({ allocations: [...current, allocate(registry, project)], result: null }))),
      );
      expect(new Set((await registry.read()).map(({ project }) => project))).toEqual(new Set(projects));
    });

    it('knows itself to be alive, and another process with its id not to be', async () => {
      const registry = await make();
      expect(await registry.isAlive(registry.self)).toBe(true);
      expect(await registry.isAlive({ pid: registry.self.pid, startedAt: 'another time' })).toBe(false);
    });

    it('knows that a process that is not there is not alive', async () => {
      expect(await (await make()).isAlive({ pid: 2 ** 30, startedAt: null })).toBe(false);
    });
  });
}

function allocate(registry: Registry, project: string): Allocation {
  return {
    repository: '/repo/.git',
    project,
    generation: '1f',
    worktree: `/repo.worktrees/${project}`,
    branch: project,
    ownsBranch: true,
    firstPort: 20_000,
    state: 'creating',
    owner: registry.self,
  };
}
