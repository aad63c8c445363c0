import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCommandRunner } from './command-runner.js';
import { parseLsof, processesIn } from './processes-in.js';
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
    const child = start(path.join(folder(), 'a'), 'sh', ['-c', 'sleep 0 & exec sleep 100']);
    await sleep(300);
    expect(await found()).toEqual([child.pid]);
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
  });
});
