import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from '@nx-fleet/system';
import { isGoneSoon, isRunning } from '../../../system/src/testing/processes.js';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { endStrays } from './run-mark.js';
import { startInBackground } from './start-in-background.js';

describe('a command in the background', () => {
  const folder = useTemporaryFolder();
  const started: number[] = [];
  const file = (name: string): string => path.join(folder(), name);
  const env = {
    PATH: process.env['PATH'] ?? '',
    NX_FLEET_HOME: '/fleet',
    XDG_STATE_HOME: '/state',
    NX_FLEET_RUN: '1@2@3',
    SECRET: 'x',
    EXTRA: 'y',
  };
  const start = async (text: string, args: readonly string[] = []) => {
    writeFileSync(file('task.mjs'), text);
    const identity = await startInBackground(
      { module: file('task.mjs'), args, cwd: folder(), passEnv: ['EXTRA'], logFile: file('logs/task.log') },
      env,
    );
    started.push(identity.pid);
    return identity;
  };
  const log = (): string => readFileSync(file('logs/task.log'), 'utf8');
  const logs = async (text: string): Promise<void> => {
    for (let round = 0; round < 900 && !log().includes(text); round += 1) await sleep(50);
    expect(log()).toContain(text);
  };
  const WAITS = "console.log('waits'); setTimeout(() => undefined, 60_000);";
  afterEach(async () => {
    for (const pid of started.splice(0)) {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
      expect(await isGoneSoon(pid)).toBe(true);
    }
  });

  it('gets arguments, folder and the allowed environment, and both outputs go to the log', async () => {
    await start("console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env])); console.error('bad');", ['a b', '--c']);
    await logs('bad');
    const [args, cwd, given] = JSON.parse(log().split('\n')[0] ?? '');
    expect([args, cwd]).toEqual([['a b', '--c'], folder()]);
    expect(given).toMatchObject({ NX_FLEET_HOME: '/fleet', XDG_STATE_HOME: '/state', PATH: env.PATH, EXTRA: 'y' });
    expect(Object.keys(given)).not.toEqual(expect.arrayContaining(['SECRET']));
    expect(Object.keys(given)).not.toEqual(expect.arrayContaining(['NX_FLEET_RUN']));
    expect(statSync(file('logs/task.log')).mode & 0o777).toBe(0o600);
  });

  it('writes its log anew', async () => {
    await start("console.log('first');");
    await logs('first');
    await start("console.log('second');");
    await logs('second');
    expect(log()).toBe('second\n');
  });

  it('is told by its identity and has the lowest priority', async () => {
    const identity = await start(WAITS);
    await logs('waits');
    expect(isProcessAlive(identity)).toBe(true);
    expect(getPriority(identity.pid)).toBe(19);
    process.kill(identity.pid, 'SIGKILL');
    expect(await isGoneSoon(identity.pid)).toBe(true);
    expect(isProcessAlive(identity)).toBe(false);
  });

  it('is no stray of ours', async () => {
    const { pid } = await start(WAITS);
    await logs('waits');
    expect(await endStrays(folder())).toBe(0);
    expect(isRunning(pid)).toBe(true);
  });

  it('goes on when its starter is told to end, and does not keep it alive', async () => {
    writeFileSync(file('task.mjs'), WAITS);
    const script = `import { startInBackground } from source('host/src/run/start-in-background');
      import { createCommandRunner } from source('host/src/run/command-runner');
      const [module, cwd, logFile, how] = process.argv.slice(1);
      const { pid } = await startInBackground({ module, args: [], cwd, passEnv: [], logFile }, process.env);
      if (how === 'signal') void createCommandRunner().run({ file: 'sleep', args: ['100'], cwd, env: process.env });
      console.log(pid);`;
    for (const how of ['exit', 'signal']) {
      const { child, nextLine, exit } = startSourceProcess(script, [file('task.mjs'), folder(), file('logs/task.log'), how]);
      const pid = Number(await nextLine());
      started.push(pid);
      await logs('waits');
      if (how === 'signal') child.kill('SIGTERM');
      expect(await exit).toEqual(how === 'exit' ? { exitCode: 0, signal: null } : { exitCode: null, signal: 'SIGTERM' });
      expect(isRunning(pid)).toBe(true);
    }
  });

  it('fails when its folder is not there', async () => {
    const command = { module: file('task.mjs'), args: [], cwd: file('none'), passEnv: [], logFile: file('log') };
    await expect(startInBackground(command, env)).rejects.toThrow('ENOENT');
  });
});
