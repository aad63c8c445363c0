import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_VARIABLE } from '@nx-fleet/system';
import { isGoneSoon, isRunning } from '../../../system/src/testing/processes.js';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { newRunMark, watchOrphaned } from './run-mark.js';

const NO_PROCESS = newRunMark('/').replace(/^\d+@[^@]*/, '999999999@0');
const MORE_THAN_ONE_LOOK_MS = 1_200;

/** Starts a Node of its own that runs a command for as long as somebody waits for it, and tells both ids. */
const PARENT = `
  const { spawn } = await import('node:child_process');
  const { once } = await import('node:events');
  const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', process.argv.at(-1)], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (data) => process.stdout.write(child.pid + ' ' + data));
  await once(child, 'exit');
`;

describe('the watch over who waits for this process', () => {
  const folder = useTemporaryFolder();

  it('stays quiet while all of them live', async () => {
    const watch = watchOrphaned({ [RUN_VARIABLE]: newRunMark('/') });
    await sleep(MORE_THAN_ONE_LOOK_MS);
    expect(watch.signal.aborted).toBe(false);
    watch.stop();
  });

  it('tells when a run around it lost its process', async () => {
    const watch = watchOrphaned({ [RUN_VARIABLE]: `${newRunMark('/')}/${NO_PROCESS}` });
    const aborted = new Promise((resolve) => watch.signal.addEventListener('abort', resolve));
    const keepAlive = setInterval(() => undefined, 1_000);
    await aborted;
    clearInterval(keepAlive);
    expect(watch.signal.aborted).toBe(true);
    watch.stop();
  });

  it('ends the command of a process whose parent was killed', async () => {
    const script = (name: string): string => `await import('file://${import.meta.dirname}/${name}.ts')`;
    const child = `
      const { createCommandRunner } = ${script('command-runner')};
      const { watchOrphaned } = ${script('run-mark')};
      const onLine = (line) => console.log(line);
      await createCommandRunner().run({ file: 'sh', args: ['-c', 'echo $$; exec sleep 60'], cwd: '${folder()}', env: { PATH: process.env.PATH }, onLine, signal: watchOrphaned({}).signal });
    `;
    const parent = startSourceProcess(PARENT, [child]);
    const pids = (await parent.nextLine()).split(' ').map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    parent.child.kill('SIGKILL');
    expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true]);
  });
});
