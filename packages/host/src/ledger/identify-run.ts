import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { identifyProcess, processSource } from '@nx-fleet/system';
import { outermostNx, type ProcessLookup } from './outermost-nx.js';

interface RunOptions {
  /** The worktree that the command runs in. */
  readonly workspaceRoot: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command of Nx that a task works for, the outermost of this repository where one runs in another. Nx 24 hands its tasks the ids of the
 * processes that they are nested in, outermost first; Nx 23 that of the outermost one; Nx 22 nothing. Where they tell nothing, or only of
 * another repository, whose task has started ours, the processes themselves tell.
 */
export function identifyRun({ workspaceRoot, env }: RunOptions, lookUp: ProcessLookup = processSource.describe): string {
  const isOurs = sameRepository(workspaceRoot);
  const told = (env['NX_INVOCATION_ANCESTOR_PIDS'] ?? env['NX_INVOCATION_ROOT_PID'] ?? '').split(',').filter(isProcessId).map(Number);
  const pid = told.find((one) => isOurs(lookUp(one)?.folder ?? null)) ?? outermostNx({ pid: process.pid, isOurs }, lookUp) ?? process.pid;
  return `${pid}@${identifyProcess(pid).startedAt ?? ''}`;
}

function isProcessId(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}

/** True also where the system does not tell where a process runs, or does not let us look there. */
function sameRepository(workspaceRoot: string): (folder: string | null) => boolean {
  const ours = findRepository(realpathSync(workspaceRoot));
  return (folder) => {
    try {
      return folder === null || findRepository(folder) === ours;
    } catch (error) {
      if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
      throw error;
    }
  };
}

/**
 * The folder that all worktrees of a folder's repository share; null outside of any. By what is on disk (gitrepository-layout(5)), without git.
 * @param folder real absolute path
 */
export function findRepository(folder: string): string | null {
  const place = path.join(folder, '.git');
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return place;
  if (found !== undefined)
    return commonDirectory(
      path.resolve(
        folder,
        readFileSync(place, 'utf8')
          .replace(/^gitdir: /, '')
          .trim(),
      ),
    );
  const parent = path.dirname(folder);
  return parent === folder ? null : findRepository(parent);
}

/** A submodule and a repository whose folder stands elsewhere have no file `commondir`. */
function commonDirectory(gitDirectory: string): string {
  const file = path.join(gitDirectory, 'commondir');
  const isLinked = statSync(file, { throwIfNoEntry: false }) !== undefined;
  return isLinked ? path.resolve(gitDirectory, readFileSync(file, 'utf8').trim()) : gitDirectory;
}
