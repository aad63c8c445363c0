import { identifyProcess } from '../process-identity.js';
import { identifyRun } from './identify-run.js';
import { outermostNx, type ProcessEntry } from './outermost-nx.js';

const self = process.pid;
const mainWorktree = '/w';
const named = (pid: number): string => `${pid}@${identifyProcess(pid).startedAt ?? ''}`;
const noNx = (): null => null;

describe('the identity of a command of Nx', () => {
  it.each([
    ['Nx 24 says', { NX_INVOCATION_ANCESTOR_PIDS: `${self},999999` }],
    ['Nx 23 says', { NX_INVOCATION_ROOT_PID: String(self) }],
  ])('is the outermost process that %s, with its start time', (_, env) => {
    expect(identifyRun({ mainWorktree, env }, noNx)).toBe(named(self));
    expect(identifyRun({ mainWorktree, env }, noNx)).toMatch(/^\d+@.+/);
  });

  it.each([{}, { NX_INVOCATION_ROOT_PID: '' }, { NX_INVOCATION_ROOT_PID: '-1' }, { NX_INVOCATION_ANCESTOR_PIDS: 'x' }])(
    'is the outermost Nx among the processes where Nx says nothing: %j',
    (env) => {
      expect(identifyRun({ mainWorktree, env }, () => process.ppid)).toBe(named(process.ppid));
    },
  );

  it('is the process itself where nobody tells', () => {
    expect(identifyRun({ mainWorktree, env: {} }, noNx)).toBe(named(self));
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

  const outermost = (pid: number, processes = tree): number | null => outermostNx({ pid, mainWorktree }, (one) => processes[one] ?? null);

  it('is found above the executors and above another Nx', () => {
    expect(outermost(50)).toBe(20);
  });

  it('is not the one of another repository, whose task started ours', () => {
    const elsewhere = { ...tree, 20: { parent: 10, folder: '/ci', words: ['node', '/ci/node_modules/.bin/nx', 'run', 'ci:test'] } };
    expect(outermost(50, elsewhere)).toBe(40);
  });

  it('counts also where the system does not tell folders, or it was started in a linked worktree', () => {
    const untold = Object.fromEntries(Object.entries(tree).map(([pid, entry]) => [pid, { ...entry, folder: null }]));
    expect(outermost(50, untold)).toBe(20);
    expect(outermost(20, { ...tree, 20: { ...tree[20], folder: '/w-42' } as ProcessEntry })).toBe(20);
  });

  it('is none where no ancestor is the Nx program, also when one only names it', () => {
    expect(outermost(10)).toBeNull();
  });

  it('is looked for in the processes of this system', () => {
    expect(() => outermostNx({ pid: self, mainWorktree })).not.toThrow();
  });

  it('ends where a process is its own parent', () => {
    expect(outermostNx({ pid: 7, mainWorktree }, () => ({ parent: 7, folder: null, words: [] }))).toBeNull();
  });
});
