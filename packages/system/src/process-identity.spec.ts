import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identifyProcess, isProcessAlive } from './process-identity.js';

describe('process identity', () => {
  it('holds while the process runs, and no longer', async () => {
    const child = spawn('sleep', ['100']);
    await once(child, 'spawn');
    const identity = identifyProcess(child.pid ?? 0);
    expect(isProcessAlive(identity)).toBe(true);
    expect(identifyProcess(child.pid ?? 0)).toEqual(identity);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isProcessAlive(identity)).toBe(false);
    expect(isProcessAlive({ ...identity, startedAt: null })).toBe(false);
  });

  it('differs for a process that got the same id later', () => {
    const { pid, startedAt } = identifyProcess(process.pid);
    expect(startedAt).not.toBeNull();
    expect(isProcessAlive({ pid, startedAt: `${startedAt}0` })).toBe(false);
  });

  it('goes by the id alone where the start time is not known', () => {
    expect(isProcessAlive({ pid: process.pid, startedAt: null })).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN])('is never that of a process with the id %p, which would mean a group', (pid) => {
    expect(isProcessAlive({ pid, startedAt: null })).toBe(false);
  });

  it('takes a process of someone else for alive', () => {
    expect(isProcessAlive({ pid: 1, startedAt: null })).toBe(true);
  });
});
