import type { ExecutorContext } from '@nx/devkit';
import { UserError, type Database, type Manifest } from '@nx-fleet/core';
import type { Adapters } from '../adapters.js';
import { dbRefreshExecutor } from './db-refresh/executor.js';
import { dbResetExecutor } from './db-reset/executor.js';
import { useShownOutput } from './shown-output.fixture.js';

const { root, lines } = useShownOutput();

const context = (projectName = 'issue-42'): ExecutorContext => ({ root: root(), projectName }) as ExecutorContext;

interface World {
  readonly database: Partial<Database>;
  /** Whether there is a ready worktree. @default true */
  readonly isReady?: boolean;
  readonly currentWorktree?: string;
}

function adapters({ database, isReady = true, currentWorktree = root() }: World): Adapters {
  const self = { pid: 1, startedAt: '1' };
  const claim = {
    repository: `${root()}/.git`,
    project: 'issue-42',
    generation: 'i',
    worktree: '/w',
    firstPort: 20_000,
    state: 'ready',
    owner: self,
  };
  const host = {
    cloneId: async () => 'engine',
    env: {},
    registry: {
      self,
      read: async () => (isReady ? [claim] : []),
      update: async (change: (current: readonly unknown[]) => { readonly result: unknown }) => change([claim]).result,
    },
    state: {
      readManifest: async () => ({ project: 'issue-42', base: 'b' }) as Manifest,
      readLocal: async () => ({ worktree: '/w', ports: {}, database: null }),
      writeLocal: async () => {},
    },
    pathExists: async () => true,
    readEnvironment: async () => ({}),
    writeEnvironment: async () => {},
  };
  const git = {
    locate: async () => ({ mainWorktree: root(), currentWorktree, commonDirectory: `${root()}/.git` }),
    readRef: async () => null,
    resolveTree: async () => null,
    ignoredPaths: async (_: string, paths: readonly string[]) => paths,
    ignoredMatching: async () => [],
    trackedMatching: async () => [],
  };
  return { git, host, database: { type: 'memory', variables: [], ...database } } as unknown as Adapters;
}

describe('db-reset', () => {
  it("resets the project's database and says so", async () => {
    const asked: unknown[] = [];
    const resetBranch: Database['resetBranch'] = async ({ project, generation, onProgress }) => {
      asked.push([project, generation]);
      onProgress('copying');
      return { description: 'memory 42', variables: {} };
    };
    expect(await dbResetExecutor({}, context(), adapters({ database: { resetBranch } }))).toEqual({ success: true });
    expect(asked).toEqual([['issue-42', 'i']]);
    expect(lines()).toEqual(['copying', 'database memory 42 was reset to its source']);
  });

  it('has nothing to do without a database', async () => {
    expect(await dbResetExecutor({}, context(), adapters({ database: { resetBranch: async () => null } }))).toEqual({ success: true });
    expect(lines()).toEqual(['No database is configured: there is nothing to reset.']);
  });

  it('fails in one line without a worktree, or when the server does not answer', async () => {
    const down = { resetBranch: () => Promise.reject(new UserError('the server is down')) };
    expect(await dbResetExecutor({}, context(), adapters({ database: down }))).toEqual({ success: false });
    expect(await dbResetExecutor({}, context(), adapters({ database: down, isReady: false }))).toEqual({ success: false });
    expect(lines()).toEqual(['the server is down', '"issue-42" has no worktree that is ready. Make it: nx g worktree --issue=42']);
  });

  it('throws what is a bug on', async () => {
    const buggy = adapters({ database: { resetBranch: () => Promise.reject(new TypeError('bug')) } });
    await expect(dbResetExecutor({}, context(), buggy)).rejects.toThrow(TypeError);
  });
});

describe('db-refresh', () => {
  it('takes the state of now for this clone', async () => {
    const owners: unknown[] = [];
    const refreshSource: Database['refreshSource'] = async ({ mainWorktree, clone }) => {
      owners.push([mainWorktree, clone]);
      return 'snapshot of now';
    };
    expect(await dbRefreshExecutor({}, context('fleet'), adapters({ database: { refreshSource } }))).toEqual({ success: true });
    expect(owners).toEqual([[root(), expect.stringMatching(/^[0-9a-f]{8}$/)]]);
    expect(lines()).toEqual(['snapshot of now']);
  });

  it('says where copies are always of now', async () => {
    await dbRefreshExecutor({}, context('fleet'), adapters({ database: { refreshSource: async () => null } }));
    expect(lines()).toEqual(['Database branches are always copied from the current database: nothing to refresh.']);
  });

  it('is refused in a linked worktree', async () => {
    const linked = adapters({ database: {}, currentWorktree: '/elsewhere' });
    expect(await dbRefreshExecutor({}, context('fleet'), linked)).toEqual({ success: false });
    expect(lines()).toEqual([expect.stringContaining('is a linked worktree')]);
  });
});
