import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { printableLine, type ProcessEnd, type RepositoryLocation, type ScratchFolders } from '@nx-fleet/core';
import { type Environment, networkVariables } from '../command/environment.js';
import { createGitRunner, type GitOptions, type GitOutput, type GitRunner } from '../command/run-git.js';
import { findRegistration } from '../worktrees/worktree-list.js';
import { locateRepository } from './locate.js';

/** One repository, with the three places where its commands run. */
export interface Repository {
  /** For commands that leave the repository, such as those of a snapshot. */
  readonly run: GitRunner;
  readonly scratch: ScratchFolders;
  /** For commands that may ask a remote. */
  readonly networkVariables: Readonly<Record<string, string>>;
  locate(): Promise<RepositoryLocation>;
  /** Asks once for each question, for answers that cannot change while a command runs. A failure is not remembered, nor is null. */
  remember<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer>;
  /** Runs in the folder that the repository was opened with, so that `HEAD` is its worktree's. */
  here(args: readonly string[], options?: GitOptions): Promise<GitOutput>;
  inMain(args: readonly string[], options?: GitOptions): Promise<GitOutput>;
  openWorktree(path: string): Promise<Worktree>;
}

/** A worktree that has been checked to be one of this repository, and not merely a folder inside of another. */
export interface Worktree {
  readonly path: string;
  /** Where this worktree's HEAD and index are. */
  readonly gitDirectory: string;
  run(args: readonly string[], options?: GitOptions): Promise<GitOutput>;
}

export function createRepository(directory: string, environment: Environment, end?: ProcessEnd): Repository {
  const run = createGitRunner(environment, end);
  const remember = createMemory();
  const locate = async (): Promise<RepositoryLocation> => remember('locate', () => locateRepository(run, directory));
  return {
    run,
    scratch: end?.scratch ?? plainScratchFolders,
    networkVariables: networkVariables(environment),
    locate,
    remember,
    here: async (args, options) => {
      await locate();
      return run({ cwd: directory, arguments: args, ...options });
    },
    inMain: async (args, options) => run({ cwd: (await locate()).mainWorktree, arguments: args, ...options }),
    openWorktree: async (path) => openWorktree(run, path, (await locate()).commonDirectory),
  };
}

function createMemory(): Repository['remember'] {
  const answers = new Map<string, Promise<unknown>>();
  return async <Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = (answers.get(question) as Promise<Answer> | undefined) ?? ask();
    answers.set(question, answer);
    const isKept = await answer.then(
      (found) => found !== null,
      () => false,
    );
    if (!isKept) answers.delete(question);
    return answer;
  };
}

export async function openMainWorktree(repository: Repository): Promise<Worktree> {
  return repository.openWorktree((await repository.locate()).mainWorktree);
}

// git looks for a repository upwards: in a folder that has lost its .git file it would find and change another worktree.
async function openWorktree(run: GitRunner, path: string, commonDirectory: string): Promise<Worktree> {
  if (!isAbsolute(path)) throw new Error(`Worktree "${printableLine(path)}" is not an absolute path`);
  const realPath = await realpath(path);
  const gitDirectory = (await findRegistration(realPath, commonDirectory)) ?? (await gitDirectoryOf(run, realPath, commonDirectory));
  return { path: realPath, gitDirectory, run: (args, options) => run({ cwd: realPath, arguments: args, ...options }) };
}

/** Asks git, for worktrees of any form. */
async function gitDirectoryOf(run: GitRunner, path: string, commonDirectory: string): Promise<string> {
  const places = ['--show-toplevel', '--git-dir', '--git-common-dir'];
  const { stdout } = await run({ cwd: path, arguments: ['rev-parse', '--path-format=absolute', ...places] });
  const [top = '', gitDirectory = '', common = ''] = stdout.split('\n');
  if ((await realpath(top)) === path && (await realpath(common)) === commonDirectory) return gitDirectory;
  throw new Error(`"${printableLine(path)}" is not a worktree of the repository "${printableLine(commonDirectory)}"`);
}

/** New folders of this user alone, that nothing but their removal removes. */
export const plainScratchFolders: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-'));
    return { directory, remove: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
  },
};
