import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { RunningProcess } from '@nx-fleet/core';
import { parseProcessStat, procSource } from './proc-source.js';
import { isProcessAlive } from './process-identity.js';
import { processesIn } from './process-source.js';
import { parseLsof, psSource } from './ps-source.js';
import { isGoneSoon } from './testing/processes.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

const SOURCES = [
  ['/proc', process.platform === 'linux', procSource],
  ['ps and lsof', spawnSync('lsof', ['-v']).error === undefined, psSource],
] as const;

describe.each(SOURCES.filter(([, isHere]) => isHere))('a process, by %s,', (_name, _isHere, source) => {
  let child: ChildProcess;
  const pid = (): number => child.pid ?? 0;
  beforeEach(async () => {
    child = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
    await once(child, 'spawn');
  });
  afterEach(async () => {
    const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await exit;
  });

  it('has a start that stays as long as it lives', async () => {
    const startedAt = source.startOf(pid());
    expect(startedAt).not.toBeNull();
    expect(source.startOf(pid())).toBe(startedAt);
    expect(isProcessAlive({ pid: pid(), startedAt }, source)).toBe(true);
    expect(isProcessAlive({ pid: pid(), startedAt: 'another start' }, source)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(source.startOf(pid())).toBeNull();
    expect(isProcessAlive({ pid: pid(), startedAt }, source)).toBe(false);
  });

  it('tells its parent and its words', () => {
    expect(source.describe(pid())).toMatchObject({ parent: process.pid, words: expect.arrayContaining(['sleep', '100']) });
    expect(source.describe(2 ** 22 + 1)).toBeNull();
  });

  it('is a living member of its group, and no longer', async () => {
    expect(source.membersOf(pid())).toEqual([pid()]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(source.membersOf(pid())).toEqual([]);
  });

  it('is found by the port that it listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(source.listenerAt(port)?.pid).toBe(process.pid);
    server.close();
    await once(server, 'close');
    expect(source.listenerAt(port)).toBeNull();
  });
});

describe.each(SOURCES.filter(([, isHere]) => isHere))('processes in a folder, by %s,', (_name, _isHere, source) => {
  const folder = useTemporaryFolder();
  const children: ChildProcess[] = [];
  const start = (cwd: string, file = 'sleep', args: readonly string[] = ['100']): ChildProcess => {
    mkdirSync(cwd, { recursive: true });
    const child = spawn(file, [...args], { cwd, stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const found = async (directory = path.join(folder(), 'a')) => (await processesIn(directory, source)).map(({ pid }) => pid);
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
    expect((await processesIn(path.join(folder(), 'a'), source))[0]?.name).toBe('sleep');
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
    while (seen.map(({ name }) => name).join() !== 'sleep,sleep') seen = await processesIn(path.join(folder(), 'a'), source);
    const dead = seen.find(({ pid }) => pid !== child.pid)?.pid ?? 0;
    expect(dead).toBeGreaterThan(0);
    process.kill(dead, 'SIGKILL');
    expect(await isGoneSoon(dead)).toBe(true);
    expect(source.isDead(dead)).toBe(true);
    expect(await found()).toEqual([child.pid]);
  });

  it('are named without what would steer a terminal', async () => {
    const program = path.join(folder(), 'a\u001b[2J b');
    copyFileSync('/bin/sleep', program);
    start(path.join(folder(), 'a'), program);
    expect(await processesIn(path.join(folder(), 'a'), source)).toMatchObject([{ name: expect.stringMatching(/^a(?:\^\[\[2J)? b$/) }]);
  });

  it('are none where there is no folder', async () => {
    expect(await found(path.join(folder(), 'none'))).toEqual([]);
  });
});

describe('/proc/<pid>/stat', () => {
  const rest = 'S 1 77 77 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200';

  it('is read from the last parenthesis on, since a name can hold anything', () => {
    expect(parseProcessStat(`42 (a) b (c) ${rest}`)).toEqual({ parent: 1, group: 77, startTicks: '987654', isDead: false });
  });

  it('tells a process that waits to be reaped', () => {
    expect(parseProcessStat(`42 (sh) ${rest.replace('S', 'Z')}`)?.isDead).toBe(true);
  });

  it('is nothing when it is cut short', () => {
    expect(parseProcessStat('42 (sh) S 1')).toBeNull();
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
