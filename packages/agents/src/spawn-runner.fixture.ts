import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command, CommandResult, CommandRunner } from '@nx-fleet/core';

/** A plain runner for tests: real processes, each ended with its whole group by SIGKILL. Keeps the commands that it ran. */
export function createSpawnRunner(): CommandRunner & { readonly commands: readonly Command[] } {
  const commands: Command[] = [];
  return {
    commands,
    run(command) {
      commands.push(command);
      return runOnce(command);
    },
  };
}

function runOnce(command: Command): Promise<CommandResult> {
  const startMs = Date.now();
  const child = spawn(command.file, command.args, { cwd: command.cwd, env: { ...command.env }, detached: true });
  const output = { stdout: '', stderr: '' };
  let ended: CommandResult['ended'] = 'exited';
  const end = (reason: CommandResult['ended']): void => {
    ended = reason;
    killGroup(child);
  };
  const onAbort = (): void => end('cancelled');
  command.signal?.addEventListener('abort', onAbort, { once: true });
  if (command.signal?.aborted) onAbort();
  const timeout = command.timeoutMs === undefined ? undefined : setTimeout(() => end('timed-out'), command.timeoutMs);
  const idle = command.idleTimeoutMs === undefined ? undefined : setTimeout(() => end('idle'), command.idleTimeoutMs);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      idle?.refresh();
    });
    createInterface({ input: child[stream] }).on('line', (line) => command.onLine?.(line, stream));
  }
  // A program may end without reading all of its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input ?? '');
  return new Promise((resolve) => {
    const finish = (exitCode: number | null, signal: string | null): void => {
      clearTimeout(timeout);
      clearTimeout(idle);
      command.signal?.removeEventListener('abort', onAbort);
      resolve({ ended, exitCode, signal, ...output, durationMs: Date.now() - startMs });
    };
    child.once('error', () => {
      ended = 'not-found';
      finish(null, null);
    });
    child.once('close', finish);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
