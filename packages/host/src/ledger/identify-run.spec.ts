import { identifyProcess } from '../process-identity.js';
import { identifyRun } from './identify-run.js';
import { outermostNx, type ProcessEntry } from './outermost-nx.js';

const self = process.pid;
const named = (pid: number): string => `${pid}@${identifyProcess(pid).startedAt ?? ''}`;
const noNx = (): null => null;

describe('the identity of a command of Nx', () => {
  it.each([
    ['Nx 24 says', { NX_INVOCATION_ANCESTOR_PIDS: `${self},999999` }],
    ['Nx 23 says', { NX_INVOCATION_ROOT_PID: String(self) }],
  ])('is the outermost process that %s, with its start time', (_, env) => {
    expect(identifyRun(env, noNx)).toBe(named(self));
    expect(identifyRun(env, noNx)).toMatch(/^\d+@.+/);
  });

  it.each([{}, { NX_INVOCATION_ROOT_PID: '' }, { NX_INVOCATION_ROOT_PID: '-1' }, { NX_INVOCATION_ANCESTOR_PIDS: 'x' }])(
    'is the outermost Nx among the processes where Nx says nothing: %j',
    (env) => {
      expect(identifyRun(env, () => process.ppid)).toBe(named(process.ppid));
    },
  );

  it('is the process itself where nobody tells', () => {
    expect(identifyRun({}, noNx)).toBe(named(self));
  });
});

describe('the outermost Nx', () => {
  const tree: Readonly<Record<number, ProcessEntry>> = {
    50: { parent: 40, words: ['node', '/w/node_modules/nx/bin/run-executor.js'] },
    40: { parent: 30, words: ['node', '/w/node_modules/.bin/nx', 'run', 'issue-1:agent-review'] },
    30: { parent: 20, words: ['node', '/w/node_modules/nx/bin/run-executor.js'] },
    20: { parent: 10, words: ['node', '/w/node_modules/nx/bin/nx.js', 'run', 'issue-1:agent-deliver'] },
    10: { parent: 1, words: ['bash', '-c', 'nx run issue-1:agent-deliver'] },
    1: { parent: 0, words: ['init'] },
  };

  it('is found above the executors and above another Nx', () => {
    expect(outermostNx(50, (pid) => tree[pid] ?? null)).toBe(20);
  });

  it('is none where no ancestor is the Nx program, also when one only names it', () => {
    expect(outermostNx(10, (pid) => tree[pid] ?? null)).toBeNull();
  });

  it('is looked for in the processes of this system', () => {
    expect(() => outermostNx(self)).not.toThrow();
  });

  it('ends where a process is its own parent', () => {
    expect(outermostNx(7, () => ({ parent: 7, words: [] }))).toBeNull();
  });
});
