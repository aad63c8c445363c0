import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { RunningProcess } from '@nx-fleet/core';
import { createCommandRunner } from './command-runner.js';
import { readProcessStat } from './process-stat.js';
import { parseLsof, processesIn } from './processes-in.js';
import { isGoneSoon } from './testing/processes.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('processes in a folder', () => {
  const folder = useTemporaryFolder();
  const children: ChildProcess[] = [];
  const start = (cwd: string, file = 'sleep', args: readonly string[] = ['100']): ChildProcess => {
    mkdirSync(cwd, { recursive: true });
    const child = spawn(file, [...args], { cwd, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const found = async (directory = path.join(folder(), 'a')) => (await processesIn(createCommandRunner(), directory)).map(({ pid }) => pid);
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await exit;
    }
  });

  it('are those whose current folder is it or below it, and no neighbours', async () => {
    const inside = start(path.join(folder(), 'a'));
    const below = start(path.join(folder(), 'a', 'b'));
    start(path.join(folder(), 'ab'));
    start(folder());
    expect(new Set(await found())).toEqual(new Set([inside.pid, below.pid]));
    expect((await processesIn(createCommandRunner(), path.join(folder(), 'a')))[0]?.name).toBe('sleep');
  });

  it('are found through a link to the folder', async () => {
    const { pid } = start(path.join(folder(), 'a'));
    symlinkSync('a', path.join(folder(), 'link'));
    expect(await found(path.join(folder(), 'link'))).toEqual([pid]);
  });

  it('are neither this one nor those that started it', async () => {
    const { pid } = start(path.join(folder(), 'a'));
    const here = await found(process.cwd());
    expect(here).not.toContain(process.pid);
    expect(here).not.toContain(process.ppid);
    expect(await found()).toEqual([pid]);
  });

  it('are none that are dead', async () => {
    const child = start(path.join(folder(), 'a'), 'sh', ['-c', 'sleep 100 & exec sleep 100']);
    let seen: readonly RunningProcess[] = [];
    // The shell would reap it, `sleep` does not.
    while (seen.map(({ name }) => name).join() !== 'sleep,sleep') seen = await processesIn(createCommandRunner(), path.join(folder(), 'a'));
    const dead = seen.find(({ pid }) => pid !== child.pid)?.pid ?? 0;
    expect(dead).toBeGreaterThan(0);
    process.kill(dead, 'SIGKILL');
    expect(await isGoneSoon(dead)).toBe(true);
    expect(readProcessStat(dead)?.isDead).toBe(true);
    expect(await found()).toEqual([child.pid]);
  });

  it('are named without what would steer a terminal', async () => {
    const program = path.join(folder(), 'a\u001b[2J b');
    copyFileSync('/bin/sleep', program);
    start(path.join(folder(), 'a'), program);
    expect(await processesIn(createCommandRunner(), path.join(folder(), 'a'))).toMatchObject([{ name: 'a b' }]);
  });

  it('are none where there is no folder', async () => {
    expect(await found(path.join(folder(), 'none'))).toEqual([]);
  });
});

describe("lsof's answer", () => {
  it('names each process with its parent, program and folder', () => {
    expect(parseLsof('p12\nR1\nczsh\nfcwd\nn/Users/ada/my app\np13\nR12\ncnode\nfcwd\nn/\n')).toEqual([
      { pid: 12, parent: 1, name: 'zsh', cwd: '/Users/ada/my app' },
      { pid: 13, parent: 12, name: 'node', cwd: '/' },
    ]);
    expect(parseLsof('')).toEqual([]);
    expect(parseLsof('p12\nca\u001b[2J b\n')).toMatchObject([{ pid: 12, name: 'a b' }]);
  });
});
