import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identifyProcess, type ProcessEntry, processSource } from '@nx-fleet/system';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { identifyRun } from './identify-run.js';
import { outermostNx } from './outermost-nx.js';

const self = process.pid;
const outer = process.ppid;
const named = (pid: number): string => `${pid}@${identifyProcess(pid).startedAt ?? ''}`;
const ofNx24 = { NX_INVOCATION_ANCESTOR_PIDS: `${outer},${self}`, NX_INVOCATION_ROOT_PID: String(outer) };
const ofNx23 = { NX_INVOCATION_ROOT_PID: String(outer) };

describe('the identity of a command of Nx', () => {
  const folder = useTemporaryFolder();
  const at = (name: string): string => path.join(folder(), name);

  beforeEach(() => {
    for (const name of ['shop/.git/worktrees/linked', 'shop/apps', 'linked', 'ci/.git']) mkdirSync(at(name), { recursive: true });
    writeFileSync(at('linked/.git'), `gitdir: ${at('shop/.git/worktrees/linked')}\n`);
    writeFileSync(at('shop/.git/worktrees/linked/commondir'), '../..\n');
  });

  /** Where this process runs `nx` in `shop`, and its parent in another folder, null where the system does not tell. */
  const identify = (env: Readonly<Record<string, string>>, place: string | null, workspace = 'shop'): string => {
    const words = ['node', 'node_modules/.bin/nx'];
    const processes: Readonly<Record<number, ProcessEntry>> = {
      [self]: { parent: outer, words, folder: at(workspace) },
      [outer]: { parent: 0, words, folder: place === null ? null : at(place) },
    };
    return identifyRun({ workspaceRoot: at(workspace), env }, (pid) => processes[pid] ?? null);
  };

  describe.each([
    ['Nx 24 tells', ofNx24],
    ['Nx 23 tells', ofNx23],
    ['Nx 22 does not tell', {}],
    ['what is told is no process', { NX_INVOCATION_ROOT_PID: '-1' }],
    ['what is told is nothing', { NX_INVOCATION_ANCESTOR_PIDS: '' }],
  ])('where %s', (_, env) => {
    it.each(['shop', 'shop/apps', 'linked', null])('is the outermost in the same repository, with its start time: %s', (place) => {
      expect(identify(env, place)).toBe(named(outer));
      expect(identify(env, place)).toMatch(/^\d+@.+/);
    });

    it('is the outermost of all worktrees, started in any of them', () => {
      expect(identify(env, 'shop', 'linked')).toBe(named(outer));
    });

    it('is not the one of another repository, whose task started ours', () => {
      expect(identify(env, 'ci')).toBe(named(self));
      expect(identify(env, '.')).toBe(named(self));
    });
  });

  it('is the told process also where it is gone', () => {
    expect(identify({ NX_INVOCATION_ROOT_PID: '999999999' }, 'shop')).toBe('999999999@');
  });

  it('is the process itself where nobody tells', () => {
    expect(identifyRun({ workspaceRoot: folder(), env: {} }, () => null)).toBe(named(self));
  });
});

describe('the outermost Nx', () => {
  const tree: Readonly<Record<number, ProcessEntry>> = {
    50: { parent: 40, folder: '/w', words: ['node', '/w/node_modules/nx/bin/run-executor.js'] },
    40: { parent: 30, folder: '/w', words: ['node', '/w/node_modules/.bin/nx', 'run', 'issue-1:agent-review'] },
    30: { parent: 20, folder: '/w', words: ['node', '/w/node_modules/nx/bin/run-executor.js'] },
    20: { parent: 10, folder: '/w/apps', words: ['node', '/w/node_modules/nx/bin/nx.js', 'run', 'issue-1:agent-deliver'] },
    10: { parent: 1, folder: '/w', words: ['bash', '-c', 'nx run issue-1:agent-deliver'] },
    1: { parent: 0, folder: '/', words: ['init'] },
  };
  const isOurs = (folder: string | null): boolean => folder?.startsWith('/w') !== false;

  const outermost = (pid: number, processes = tree): number | null => outermostNx({ pid, isOurs }, (one) => processes[one] ?? null);

  it('is found above the executors and above another Nx', () => {
    expect(outermost(50)).toBe(20);
  });

  it('is not the one of another repository, whose task started ours', () => {
    const elsewhere = { ...tree, 20: { parent: 10, folder: '/ci', words: ['node', '/ci/node_modules/.bin/nx', 'run', 'ci:test'] } };
    expect(outermost(50, elsewhere)).toBe(40);
  });

  it('counts also where it is the only one, wherever it runs', () => {
    expect(outermost(20, { ...tree, 20: { ...tree[20], folder: '/elsewhere' } as ProcessEntry })).toBe(20);
  });

  it('is none where no ancestor is the Nx program, also when one only names it', () => {
    expect(outermost(10)).toBeNull();
  });

  it('is looked for in the processes of this system', () => {
    expect(() => outermostNx({ pid: self, isOurs }, processSource.describe)).not.toThrow();
    expect(processSource.describe(self)?.parent).toBe(outer);
  });

  it('ends where a process is its own parent', () => {
    expect(outermostNx({ pid: 7, isOurs }, () => ({ parent: 7, folder: null, words: [] }))).toBeNull();
  });
});
