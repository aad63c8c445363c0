import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside, pathExists } from '@nx-fleet/system';
import { splitNul } from '../command/git-output.js';
import type { GitOptions } from '../command/run-git.js';
import { openMainWorktree, type Repository, type Worktree } from '../repository/repository.js';
import { folderContent } from './worktree-list.js';

/** A checkout with submodules, and the git folder whose submodules it is to have. */
interface Filling {
  readonly checkout: Worktree;
  /** Git folder of the same checkout in the main worktree. */
  readonly model: string;
  readonly repository: Repository;
}

interface Submodule {
  readonly name: string;
  readonly path: string;
}

/**
 * Gives a worktree the submodules that the main one has, from the main one's own objects: no network is asked, and what they lack stays empty,
 * as git leaves it. One that is there already is left alone.
 */
export async function fillSubmodules(repository: Repository, worktree: Worktree): Promise<void> {
  if (!(await pathExists(join(worktree.path, '.gitmodules')))) return;
  const main = await openMainWorktree(repository);
  await fill({ repository, checkout: worktree, model: main.gitDirectory });
}

/** Puts submodules that are there back to the commits that HEAD asks for; what was changed in them goes. */
export async function resetSubmodules(repository: Repository, checkout: Pick<Worktree, 'path' | 'run'>): Promise<void> {
  if (!(await pathExists(join(checkout.path, '.gitmodules')))) return;
  for (const { path } of await listSubmodules(checkout)) {
    const directory = join(checkout.path, path);
    const commit = await pinnedCommit(checkout, path);
    if (commit === null || !(await pathExists(join(directory, '.git')))) continue;
    const run: Worktree['run'] = (args, options) => repository.run({ cwd: directory, arguments: args, ...options });
    if ((await run(['cat-file', '-e', `${commit}^{commit}`], { answers: [0, 1, 128] })).exitCode !== 0) continue;
    await run(['checkout', '--quiet', '--force', '--detach', '--no-recurse-submodules', commit, '--']);
    await run(['clean', '--quiet', '-f', '-f', '-d']);
    await resetSubmodules(repository, { path: directory, run });
  }
}

async function fill(filling: Filling): Promise<void> {
  for (const submodule of await listSubmodules(filling.checkout)) await fillOne(filling, submodule);
}

async function fillOne({ repository, checkout, model }: Filling, { name, path }: Submodule): Promise<void> {
  const source = join(model, 'modules', name);
  const url = await registeredUrl(repository, model, name);
  const commit = await pinnedCommit(checkout, path);
  if (url === null || commit === null || !(await hasCommit(repository, source, commit))) return;
  const directory = join(checkout.path, path);
  const gitDirectory = join(checkout.gitDirectory, 'modules', name);
  const submodule: Worktree = {
    path: directory,
    gitDirectory,
    run: (args, options) => repository.run({ cwd: directory, arguments: args, ...options }),
  };
  // git writes the index when all files are there: without one there is no work here.
  if (!(await pathExists(join(gitDirectory, 'index')))) {
    if (await pathExists(gitDirectory)) await rm(directory, { recursive: true, force: true });
    await rm(gitDirectory, { recursive: true, force: true });
    if (((await folderContent(directory)) ?? []).length > 0) return;
    await clone(checkout, { name, path, source });
    await submodule.run(['remote', 'set-url', 'origin', await remoteOf(repository, source, url)]);
    if ((await registeredUrl(repository, checkout.gitDirectory, name)) === null)
      await checkout.run(['config', `submodule.${name}.url`, url]);
  }
  await fill({ repository, checkout: submodule, model: source });
}

// The address and the leave to clone from a local folder hold for this one command, which clones the main worktree's own copy and nothing else.
async function clone(checkout: Worktree, { name, path, source }: Submodule & { readonly source: string }): Promise<void> {
  const configuration = [
    'protocol.file.allow=always',
    `submodule.${name}.url=${source}`,
    'submodule.recurse=false',
    'clone.defaultRemoteName=origin',
  ];
  const options: GitOptions = { configuration };
  await checkout.run(['submodule', 'update', '--quiet', '--checkout', '--force', '--no-fetch', '--', path], options);
}

/** Names and paths from `.gitmodules`, without those that could lead out of the places for submodules. */
export async function listSubmodules(checkout: Pick<Worktree, 'run'>): Promise<readonly Submodule[]> {
  const key = String.raw`^submodule\..*\.path$`;
  const { stdout } = await checkout.run(['config', '-z', '--file', '.gitmodules', '--get-regexp', key], { answers: [0, 1] });
  return splitNul(stdout).flatMap((entry) => {
    const end = entry.indexOf('\n');
    const name = entry.slice('submodule.'.length, end - '.path'.length);
    const path = entry.slice(end + 1);
    const isSafe =
      /^[^=\n]+$/.test(name) && isInside(join('/x', name), '/x') && !name.split(/[/\\]/).includes('..') && isInside(join('/x', path), '/x');
    return end !== -1 && isSafe && path !== '' ? [{ name, path }] : [];
  });
}

/** The commit that the worktree's HEAD asks for; null when it has no submodule there. */
async function pinnedCommit(checkout: Pick<Worktree, 'run'>, path: string): Promise<string | null> {
  const { stdout } = await checkout.run(['ls-tree', '-z', 'HEAD', '--', path]);
  return /^160000 commit ([\da-f]+)\t/.exec(stdout)?.[1] ?? null;
}

/** The address that a submodule was initialised with, or null when it was not. */
async function registeredUrl(repository: Repository, gitDirectory: string, name: string): Promise<string | null> {
  return configured(repository, gitDirectory, `submodule.${name}.url`);
}

async function remoteOf(repository: Repository, gitDirectory: string, url: string): Promise<string> {
  return (await configured(repository, gitDirectory, 'remote.origin.url')) ?? url;
}

async function configured(repository: Repository, gitDirectory: string, key: string): Promise<string | null> {
  const options = { cwd: gitDirectory, variables: { GIT_DIR: gitDirectory }, answers: [0, 1] };
  const { exitCode, stdout } = await repository.run({ ...options, arguments: ['config', '--get', key] });
  return exitCode === 0 ? stdout.replace(/\n$/, '') : null;
}

async function hasCommit(repository: Repository, gitDirectory: string, commit: string): Promise<boolean> {
  if (!(await pathExists(join(gitDirectory, 'HEAD')))) return false;
  const options = { cwd: gitDirectory, variables: { GIT_DIR: gitDirectory }, answers: [0, 1, 128] };
  return (await repository.run({ ...options, arguments: ['cat-file', '-e', `${commit}^{commit}`] })).exitCode === 0;
}
