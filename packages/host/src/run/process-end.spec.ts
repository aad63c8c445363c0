import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGoneSoon } from '../../../system/src/testing/processes.js';
import { type SourceProcess, startSourceProcess } from '../../../system/src/testing/source-process.js';
import { forgottenScratchFolders, processEnd } from './scratch-folders.js';

/** Makes a folder with a file, starts a git-like process in a group of its own, prints both, then does what `then` says. */
const script = (then: string): string => `
  const { spawn } = await import('node:child_process');
  const { writeFileSync } = await import('node:fs');
  const { processEnd } = await import(source('host/src/run/scratch-folders'));
  const { watchOrphaned } = await import(source('host/src/run/run-mark'));
  process.env.TMPDIR = ${JSON.stringify(tmpdir())};
  const { directory } = await processEnd.scratch.create();
  writeFileSync(directory + '/file', 'source code');
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  processEnd.guardGroup(child.pid);
  console.log(JSON.stringify([directory, child.pid]));
  ${then}
`;
const WAIT = 'setInterval(() => {}, 1000);';

async function isRemovedSoon(file: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 10_000 && existsSync(file); waitedMs += 50) await sleep(50);
  return !existsSync(file);
}

describe('what ends with this process', () => {
  let parent: SourceProcess | undefined;
  let directory = '';
  let child = 0;
  const start = async (then: string): Promise<SourceProcess> => {
    parent = startSourceProcess(script(then));
    [directory, child] = JSON.parse(await parent.nextLine()) as [string, number];
    return parent;
  };
  afterEach(() => {
    parent?.child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('goes on %s: folders and groups of children', async (signal) => {
    const { child: process, exit } = await start(WAIT);
    expect(existsSync(directory)).toBe(true);
    process.kill(signal);
    expect(await exit).toEqual({ exitCode: null, signal });
    expect([await isGoneSoon(child), await isRemovedSoon(directory)]).toEqual([true, true]);
  });

  it('goes when this process exits by itself', async () => {
    const { exit } = await start('process.exit(3);');
    expect((await exit).exitCode).toBe(3);
    expect([await isGoneSoon(child), await isRemovedSoon(directory)]).toEqual([true, true]);
  });

  it('waits for work that cleans up, which is told by a signal of its own', async () => {
    const {
      child: process,
      exit,
      nextLine,
    } = await start(`
      const watch = watchOrphaned({});
      watch.signal.addEventListener('abort', () => setTimeout(() => { console.log('cleaned up'); watch.stop(); }, 1500));
      ${WAIT}`);
    process.kill('SIGTERM');
    expect(await nextLine()).toBe('cleaned up');
    expect((await exit).signal).toBe('SIGTERM');
  });

  it('is found by its name once its process was killed, and not before', async () => {
    const { child: killed, exit } = await start(WAIT);
    expect(await forgottenScratchFolders()).not.toContain(directory);
    killed.kill('SIGKILL');
    await exit;
    process.kill(child, 'SIGKILL');
    expect(await forgottenScratchFolders()).toContain(directory);
  });

  it('never counts what another machine, another program or this process has made for forgotten', async () => {
    const mine = await processEnd.scratch.create();
    const others = ['nx-fleet-ffffff-999999999-ffffff-', 'nx-fleet-'].map((prefix) => mkdtempSync(path.join(tmpdir(), prefix)));
    const found = await forgottenScratchFolders();
    for (const one of [mine.directory, ...others]) expect(found).not.toContain(one);
    mkdirSync(path.join(mine.directory, 'a'));
    writeFileSync(path.join(mine.directory, 'a', 'b'), '');
    await mine.remove();
    for (const one of others) rmSync(one, { recursive: true });
    expect(existsSync(mine.directory)).toBe(false);
  });
});
