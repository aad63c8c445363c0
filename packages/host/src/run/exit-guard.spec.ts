import { isGoneSoon, isRunning } from '../../../system/src/testing/processes.js';
import { type SourceProcess, startSourceProcess } from '../../../system/src/testing/source-process.js';

/** Runs a shell with a child and a daemon, prints their ids, then does what `then` says. */
const script = (then: string): string => `
  const { createCommandRunner } = await import(source('host/src/run/command-runner'));
  const daemon = "setsid sh -c 'echo $$; trap \\"\\" HUP TERM; exec sleep 60' & ";
  const command = {
    file: 'sh',
    args: ['-c', 'trap "" HUP INT; echo $$; sleep 60 & echo $!; ' + daemon + ' wait'],
    cwd: '/tmp',
    env: { PATH: process.env.PATH },
  };
  const pids = [];
  const ready = new Promise((resolve) => {
    command.onLine = (line) => pids.push(line) === 3 && resolve();
  });
  void createCommandRunner().run(command);
  await ready;
  console.log(pids.join(' '));
  ${then}
`;

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a process that ends while commands run', () => {
  let parent: SourceProcess | undefined;
  let pids: readonly number[] = [];
  const start = async (then: string): Promise<SourceProcess> => {
    parent = startSourceProcess(script(then));
    const line = await parent.nextLine();
    expect(line).toMatch(/^\d+ \d+ \d+$/);
    pids = line.split(' ').map(Number);
    return parent;
  };
  afterEach(() => {
    pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL'));
    parent?.child.kill('SIGKILL');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('takes them along on %s, and then dies of it', async (signal) => {
    const { child, exit } = await start('');
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    child.kill(signal);
    expect(await exit).toEqual({ exitCode: null, signal });
    expect(pids.map(isRunning)).toEqual([false, false, false]);
  });

  it('takes them along when it exits by itself', async () => {
    const { exit } = await start('process.exit(5);');
    expect(await exit).toEqual({ exitCode: 5, signal: null });
    expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true, true]);
  });

  it('takes them along when it fails with an error that nobody caught', async () => {
    const { exit } = await start('(await import("node:fs")).closeSync(2); setTimeout(() => { throw new Error("broken"); });');
    expect((await exit).exitCode).toBe(1);
    expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true, true]);
  });

  it('leaves the last word to a handler of its own', async () => {
    const { child, exit } = await start("process.on('SIGTERM', () => process.exit(9));");
    child.kill('SIGTERM');
    expect(await exit).toEqual({ exitCode: 9, signal: null });
    expect(await Promise.all(pids.map(isGoneSoon))).toEqual([true, true, true]);
  });
});
