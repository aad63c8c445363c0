import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isGoneSoon, isRunning } from '../../../system/src/testing/processes.js';
import { type SourceProcess, startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { endStrays } from './run-mark.js';

/** Runs a shell with a daemon that left its group and the folder; prints the ids of both. */
const SCRIPT = `
  const { createCommandRunner } = await import(source('host/src/run/command-runner'));
  const daemon = 'setsid sh -c "cd /; echo \\\\$\\\\$; exec sleep 60" & ';
  const pids = [];
  const onLine = (line) => pids.push(line) === 2 && console.log(pids.join(' '));
  await createCommandRunner().run({ file: 'sh', args: ['-c', 'echo $$; ' + daemon + 'wait'], cwd: process.argv.at(-1), env: { PATH: process.env.PATH }, onLine });
`;

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('what a killed run left in a folder', () => {
  const folder = useTemporaryFolder();
  let parent: SourceProcess | undefined;
  let pids: readonly number[] = [];
  const startIn = async (directory: string): Promise<SourceProcess> => {
    parent = startSourceProcess(SCRIPT, [directory]);
    pids = (await parent.nextLine()).split(' ').map(Number);
    return parent;
  };
  afterEach(() => {
    parent?.child.kill('SIGKILL');
    pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL'));
  });

  it('is ended with all that it started, wherever that is', async () => {
    const { child, exit } = await startIn(folder());
    child.kill('SIGKILL');
    await exit;
    expect(pids.map(isRunning)).toEqual([true, true]);
    expect(await endStrays(folder())).toBeGreaterThanOrEqual(2);
    expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true]);
  });

  it('is ended where readers work, too', async () => {
    const scratch = mkdtempSync(path.join(tmpdir(), `nx-fleet-a1b2c3-${process.pid}-d4e5f6-`));
    try {
      const { child, exit } = await startIn(scratch);
      child.kill('SIGKILL');
      await exit;
      expect(pids.map(isRunning)).toEqual([true, true]);
      expect(await endStrays(folder())).toBeGreaterThanOrEqual(2);
      expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true]);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it('goes on while its process lives', async () => {
    await startIn(folder());
    expect(await endStrays(folder())).toBe(0);
    expect(pids.map(isRunning)).toEqual([true, true]);
  });

  it('goes on in another folder', async () => {
    const other = `${path.join(folder(), 'one')}-more`;
    mkdirSync(path.join(folder(), 'one'));
    mkdirSync(other);
    const { child, exit } = await startIn(other);
    child.kill('SIGKILL');
    await exit;
    expect(await endStrays(path.join(folder(), 'one'))).toBe(0);
    expect(pids.map(isRunning)).toEqual([true, true]);
  });
});
