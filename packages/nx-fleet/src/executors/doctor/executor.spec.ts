import type { ExecutorContext } from '@nx/devkit';
import type { Adapters } from '../../adapters.js';
import { doctorExecutor } from './executor.js';
import { useShownOutput, writtenBy } from '../shown-output.fixture.js';

const { root, lines } = useShownOutput();
const ref = 'refs/nx-fleet/backup/issue-42/20260101T000000Z';

const context = (): ExecutorContext => ({ root: root(), projectName: 'fleet' }) as ExecutorContext;

/** A repository with nothing in it but a manifest that nothing was made for, `manifests` times seen, and a kept piece of work. */
function world({ manifests = 0 }: { readonly manifests?: number } = {}): {
  readonly adapters: Adapters;
  readonly refs: Map<string, string>;
  readonly removed: string[];
} {
  const refs = new Map([[ref, 'c0ffee']]);
  const removed: string[] = [];
  let looks = 0;
  const host = {
    cloneId: async () => 'engine',
    env: {},
    now: () => new Date('2026-01-10T00:00:00Z'),
    registry: { self: { pid: 1, startedAt: '1' }, read: async () => [], readSpares: async () => [] },
    listDirectory: async () => [],
    forgottenScratchFolders: async () => [],
    pathExists: async () => true,
    state: {
      listProjects: async () => ((looks += 1) <= manifests ? ['issue-7'] : []),
      readManifest: async () => ({ project: 'issue-7', branch: 'issue/7', tracker: { reference: '7' } }),
      readLocal: async () => null,
      removeIssue: async (project: string) => void removed.push(project),
    },
  };
  const git = {
    locate: async () => ({ mainWorktree: root(), currentWorktree: root(), commonDirectory: `${root()}/.git` }),
    listWorktrees: async () => [],
    readRef: async (name: string) => refs.get(name) ?? null,
    listRefs: async (prefix: string) =>
      [...refs].filter(([name]) => name.startsWith(prefix)).map(([name, commit]) => ({ ref: name, commit })),
    createBranch: async (branch: string, commit: string) => void refs.set(`refs/heads/${branch}`, commit),
    deleteRef: async (name: string) => void refs.delete(name),
  };
  const database = { type: 'none', variables: [], listBranches: async () => [] };
  return { adapters: { git, host, database } as unknown as Adapters, refs, removed };
}

describe('fleet:doctor', () => {
  it('says that all is well', async () => {
    const { adapters } = world();
    expect(await doctorExecutor({}, context(), adapters)).toEqual({ success: true });
    expect(lines()).toEqual(['No problems found.']);
  });

  it('repairs what is there at two looks, and shows it', async () => {
    const { adapters, removed } = world({ manifests: 2 });
    expect(await doctorExecutor({}, context(), adapters)).toEqual({ success: true });
    expect(removed).toEqual(['issue-7']);
    expect(lines().join('\n')).toMatch(/issue-7 +it has a manifest, and nothing was made for it +undo +repaired/);
  });

  it('leaves alone what is gone at the second look', async () => {
    const { adapters, removed } = world({ manifests: 1 });
    expect(await doctorExecutor({}, context(), adapters)).toEqual({ success: true });
    expect([removed, lines()]).toEqual([[], ['No problems found.']]);
  });

  it('prints one line of JSON, and changes nothing, when it is to look only', async () => {
    const { adapters, removed } = world({ manifests: 2 });
    const output = await writtenBy(() => doctorExecutor({ json: true, dryRun: true }, context(), adapters));
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(output)).toEqual([
      { subject: 'issue-7', reason: 'it has a manifest, and nothing was made for it', remedy: 'undo', outcome: 'would-repair' },
    ]);
    expect([removed, lines()]).toEqual([[], []]);
  });

  it('fails when something needs a person', async () => {
    const { adapters } = world();
    const registry = {
      ...adapters.host.registry,
      read: async () => [{ repository: `${root()}/.git`, project: 'issue-7', state: 'ready' }],
    };
    const host = { ...adapters.host, registry, state: { ...adapters.host.state, readManifest: async () => null } };
    const needy = { ...adapters, host } as unknown as Adapters;
    expect(await doctorExecutor({}, context(), needy)).toEqual({ success: false });
    expect(lines().join('\n')).toMatch(/issue-7 +its manifest is missing, .* +- +needs you/);
  });

  it('gives back what was kept, and says what to do next', async () => {
    const { adapters, refs } = world();
    // Nx makes a number of what looks like one.
    expect(await doctorExecutor({ restore: 42 }, context(), adapters)).toEqual({ success: true });
    expect(refs.get('refs/heads/restored/issue-42-20260101T000000Z')).toBe('c0ffee');
    expect(lines()).toEqual([
      'Restored the work of issue-42 from 2026-01-01T00:00:00.000Z to branch "restored/issue-42-20260101T000000Z"',
      'Next: nx g worktree --issue=42 --branch=restored/issue-42-20260101T000000Z',
    ]);
    expect(await doctorExecutor({ restore: '9' }, context(), adapters)).toEqual({ success: false });
  });

  it('forgets what was kept too long ago, and only says so when it is to look only', async () => {
    const { adapters, refs } = world();
    await doctorExecutor({ expire: 10 }, context(), adapters);
    await doctorExecutor({ expire: 5, dryRun: true }, context(), adapters);
    expect(refs.has(ref)).toBe(true);
    await doctorExecutor({ expire: 5 }, context(), adapters);
    expect(refs.has(ref)).toBe(false);
    expect(lines()).toEqual([
      'forgot 0 backups older than 10 days',
      `would forget ${ref}`,
      'would forget 1 backup older than 5 days',
      `forgot ${ref}`,
      'forgot 1 backup older than 5 days',
    ]);
  });
});
