import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { TestRepository } from './repository.fixture.js';

/** Arguments of node, started in the folder of this package. */
export const SOURCE_LOADER = ['--conditions=@nx-fleet/source', '--import', '../../tools/source-loader/register.mjs'];

export type WorktreeCommand = readonly [verb: 'add' | 'spare' | 'checkout' | 'move' | 'switch' | 'remove', ...words: string[]];

export interface WorktreeProcess {
  /** Lets it begin, once it stands ready. */
  begin(): Promise<void>;
  /** Kills it at once, and what it has started too unless told to leave that. */
  kill(target: 'group' | 'process'): void;
  readonly end: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** A real process, the leader of a group of its own, that does these commands one after the other. */
export function startWorktreeProcess(repository: TestRepository, commands: readonly WorktreeCommand[]): WorktreeProcess {
  const script = join(import.meta.dirname, 'worktree-command.fixture.ts');
  const words = commands.flatMap((command, at) => (at === 0 ? [...command] : ['+', ...command]));
  const child = spawn(process.execPath, [...SOURCE_LOADER, script, repository.path, ...words], {
    env: { ...repository.environment },
    cwd: dirname(dirname(import.meta.dirname)),
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  // What a killed process has started may hold its output open for longer than it lives.
  const end = once(child, 'exit').then(() => ({ code: child.exitCode, stderr }));
  const ready = once(child.stdout, 'data');
  return {
    begin: async () => {
      await Promise.race([ready, end]);
      child.stdin.end('go\n');
    },
    kill: (target) => {
      const { pid } = child;
      if (pid !== undefined && child.exitCode === null) process.kill(target === 'group' ? -pid : pid, 'SIGKILL');
    },
    end,
  };
}
