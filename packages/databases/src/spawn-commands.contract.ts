import { spawn } from 'node:child_process';
import type { Command, CommandResult, CommandRunner } from '@nx-fleet/core';

export interface SpawnedCommands extends CommandRunner {
  /** Every command that was run, in order. */
  readonly log: Command[];
}

/** Starts real processes, for specs. */
export function createSpawnedCommands(): SpawnedCommands {
  const log: Command[] = [];
  return {
    log,
    run: (command) => {
      log.push(command);
      return run(command);
    },
  };
}

function run(command: Command): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', () => resolve({ ended: 'not-found', exitCode: null, signal: null, stdout, stderr, durationMs: 0 }));
    child.on('close', (exitCode, signal) => resolve({ ended: 'exited', exitCode, signal, stdout, stderr, durationMs: 0 }));
  });
}
