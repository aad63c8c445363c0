import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from '@nx-fleet/core';
import { isRunning } from '../../../system/src/testing/processes.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createCommandRunner } from './command-runner.js';

const PATH = process.env['PATH'] ?? '';

describe('command runner', () => {
  const folder = useTemporaryFolder();
  const runner = createCommandRunner();
  const shell = (script: string, more: Partial<Command> = {}): Command => ({
    file: 'sh',
    args: ['-c', script],
    cwd: folder(),
    env: { PATH },
    ...more,
  });
  const pidIn = (file: string): number => {
    const pid = Number(readFileSync(path.join(folder(), file), 'utf8'));
    if (!(pid > 0)) throw new Error(`"${file}" holds no process id`);
    return pid;
  };

  it('tells exit code and both outputs', async () => {
    const result = await runner.run(shell('echo out; echo err >&2; exit 3'));
    expect(result).toMatchObject({ ended: 'exited', exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it('tells the signal that ended a process from within', async () => {
    expect(await runner.run(shell('kill -KILL $$'))).toMatchObject({ ended: 'exited', exitCode: null, signal: 'SIGKILL' });
  });

  it('passes arguments on as they are, without a shell', async () => {
    const result = await runner.run({ ...shell(''), file: 'printf', args: ['%s|', 'a b', '$HOME', '"; exit 1', '*'] });
    expect(result.stdout).toBe('a b|$HOME|"; exit 1|*|');
  });

  it('gives the process the environment that it is given, and nothing of ours but the mark of the run', async () => {
    process.env['NX_FLEET_SPEC_SECRET'] = 'mine';
    const result = await runner.run({ ...shell(''), file: 'env', args: [], env: { PATH, COLOR: 'red' } });
    delete process.env['NX_FLEET_SPEC_SECRET'];
    const names = result.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['COLOR', 'NX_FLEET_RUN', 'PATH']));
  });

  it('adds its mark to that of the run around this process, whatever environment the command is given', async () => {
    process.env['NX_FLEET_RUN'] = 'outer';
    const result = await runner.run(shell('echo "$NX_FLEET_RUN"', { env: { PATH, NX_FLEET_RUN: 'other' } }));
    delete process.env['NX_FLEET_RUN'];
    expect(result.stdout).toMatch(new RegExp(`^outer/${process.pid}@[^/]*@[0-9a-f-]{36}\n$`));
  });

  it('looks the program up on the PATH that it is given', async () => {
    mkdirSync(path.join(folder(), 'bin'));
    writeFileSync(path.join(folder(), 'bin', 'only-here'), '#!/bin/sh\necho found\n', { mode: 0o755 });
    const command = { ...shell(''), file: 'only-here', args: [] };
    expect(await runner.run({ ...command, env: { PATH: path.join(folder(), 'bin') } })).toMatchObject({ stdout: 'found\n' });
    expect(await runner.run(command)).toMatchObject({ ended: 'not-found', exitCode: null });
  });

  it('does not take a missing folder for a missing program', async () => {
    await expect(runner.run(shell('true', { cwd: path.join(folder(), 'gone') }))).rejects.toThrow(/cannot be entered/);
  });

  it('takes a file that cannot be executed for a missing program', async () => {
    writeFileSync(path.join(folder(), 'plain'), 'text');
    await expect(runner.run({ ...shell(''), file: path.join(folder(), 'plain') })).resolves.toMatchObject({ ended: 'not-found' });
  });

  it('writes the input and closes it', async () => {
    expect((await runner.run(shell('cat', { input: 'größe\n' }))).stdout).toBe('größe\n');
  });

  it('closes the input when there is none', async () => {
    expect(await runner.run(shell('cat; echo end'))).toMatchObject({ stdout: 'end\n', exitCode: 0 });
  });

  it('does not mind a process that leaves a large input unread', async () => {
    expect(await runner.run({ ...shell('', { input: 'x'.repeat(5_000_000) }), file: 'true' })).toMatchObject({
      ended: 'exited',
      exitCode: 0,
    });
  });

  it('tells each line as it comes, the last one without a line ending too', async () => {
    const lines: string[] = [];
    await runner.run(shell('printf "a\\r\\nb"; printf "c\\nd" >&2', { onLine: (line, stream) => lines.push(`${stream}:${line}`) }));
    expect(lines.toSorted()).toEqual(['stderr:c', 'stderr:d', 'stdout:a', 'stdout:b']);
  });

  it('keeps the end of a large output', async () => {
    const { stdout } = await createCommandRunner({ maxOutputBytes: 1_000 }).run(shell('seq 1 100000'));
    expect(stdout).toHaveLength(1_000);
    expect(stdout.endsWith('99999\n100000\n')).toBe(true);
  });

  it('throws what onLine throws, once the process is ended', async () => {
    const onLine = (): never => {
      throw new RangeError('not a line');
    };
    await expect(runner.run(shell('echo $$ > pid; echo a; sleep 100', { onLine }))).rejects.toThrow('not a line');
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('starts nothing when aborted beforehand', async () => {
    const result = await runner.run(shell('touch started', { signal: AbortSignal.abort() }));
    expect(result).toMatchObject({ ended: 'cancelled', exitCode: null });
    expect(() => readFileSync(path.join(folder(), 'started'))).toThrow('ENOENT');
  });

  it('ends the group when aborted', async () => {
    const controller = new AbortController();
    const onLine = (): void => controller.abort();
    const result = await runner.run(shell('sleep 100 & echo $! > pid; echo ready; wait', { onLine, signal: controller.signal }));
    expect(result).toMatchObject({ ended: 'cancelled', stdout: 'ready\n' });
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('ends the group after its time', async () => {
    const result = await runner.run(shell('sleep 100 & echo $! > pid; wait', { timeoutMs: 300 }));
    expect(result).toMatchObject({ ended: 'timed-out', signal: 'SIGTERM', exitCode: null });
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('kills what does not listen to SIGTERM', async () => {
    const result = await runner.run(shell('trap "" TERM; echo $$ > pid; exec sleep 60', { timeoutMs: 300 }));
    expect(result).toMatchObject({ ended: 'timed-out', signal: 'SIGKILL' });
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('lets a process end itself on SIGTERM, and tells its exit code', async () => {
    const result = await runner.run(shell('trap "echo bye; exit 7" TERM; sleep 100 & wait', { timeoutMs: 300 }));
    expect(result).toMatchObject({ ended: 'timed-out', exitCode: 7, signal: null, stdout: 'bye\n' });
  });

  it('ends the group when it is silent for too long, but not while it talks', async () => {
    const talking = 'for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done; echo $$ > pid; sleep 100';
    const result = await runner.run(shell(talking, { idleTimeoutMs: 800 }));
    expect(result).toMatchObject({ ended: 'idle', stdout: '1\n2\n3\n4\n5\n6\n' });
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('ends what a process leaves behind in its group when it exits', async () => {
    const result = await runner.run(shell('sleep 100 & echo $! > pid; exit 0'));
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0 });
    expect(isRunning(pidIn('pid'))).toBe(false);
  });

  it('leaves processes of another run alone', async () => {
    const other = runner.run(shell('echo $$ > pid; while [ ! -e stop ]; do sleep 0.05; done; echo whole'));
    await runner.run(shell('while [ ! -s pid ]; do sleep 0.05; done; sleep 100', { timeoutMs: 500 }));
    await runner.run(shell('touch stop'));
    expect(await other).toMatchObject({ ended: 'exited', exitCode: 0, stdout: 'whole\n' });
  });

  it('leaves no handler on this process', async () => {
    const count = (): number => ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'].reduce((sum, name) => sum + process.listenerCount(name), 0);
    const before = count();
    const runs = [runner.run(shell('sleep 0.1')), runner.run(shell('sleep 0.1'))];
    await Promise.all(runs);
    expect(count()).toBe(before);
  });

  const onLinux = process.platform === 'linux' ? describe : describe.skip;
  onLinux('and a daemon', () => {
    // A session of its own, and its parent gone: neither the group nor the parent leads to it.
    const daemon =
      'setsid sh -c \'echo $$ > pid; trap "" TERM HUP; exec sleep 60\' > /dev/null 2>&1 & while [ ! -s pid ]; do sleep 0.05; done';

    afterEach(() => {
      if (isRunning(pidIn('pid'))) {
        process.kill(pidIn('pid'), 'SIGKILL');
      }
    });

    it('ends it when its starter exits', async () => {
      const result = await runner.run(shell(daemon));
      expect(result).toMatchObject({ ended: 'exited', exitCode: 0 });
      expect(pidIn('pid')).toBeGreaterThan(0);
      expect(isRunning(pidIn('pid'))).toBe(false);
    });

    it('ends it after a time-out', async () => {
      expect(await runner.run(shell(`${daemon}; sleep 100`, { timeoutMs: 1_000 }))).toMatchObject({ ended: 'timed-out' });
      expect(pidIn('pid')).toBeGreaterThan(0);
      expect(isRunning(pidIn('pid'))).toBe(false);
    });
  });
});
