import { join } from 'node:path';
import { printableLine, UserError } from '@nx-fleet/core';
import { pathExists } from '@nx-fleet/system';
import { GITLINK, parseRawChanges, RAW_FLAGS, type RawChange, splitNul } from '../command/git-output.js';
import type { GitOptions, GitOutput } from '../command/run-git.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { listSubmodules } from '../worktrees/submodules.js';
import { convertedOnly } from '../worktrees/work-tree-state.js';
import { filesInEmbedded, findEmbedded } from './embedded-repositories.js';

export interface StagingRequest {
  /** A separate index; it holds what the worktree's index holds. */
  readonly index: string;
  /** The commit that the work starts from; only its submodules may be submodules. Null for a repository without a commit. */
  readonly base: string | null;
  readonly head: string | null;
  /** Glob patterns of paths that are stored as the base has them, or not at all. */
  readonly without: readonly string[];
  /** For a backup: stores what can be stored, submodules with work of their own as files. Else what git cannot store is an error. */
  readonly isBackup: boolean;
}

type Git = (args: readonly string[], options?: GitOptions) => Promise<GitOutput>;

interface Staging {
  readonly worktree: Worktree;
  readonly git: Git;
}

const FAILED = [0, 1, 128];

/**
 * Puts all files of a worktree into an index: those outside of a sparse cone too, those of repositories inside of it as files, and none that
 * differs by git's own conversion only. The worktree's own index stays as it is.
 * @returns whether that differs from HEAD
 * @throws UserError for what git cannot store, with git's own line
 */
export async function stageFiles(repository: Repository, worktree: Worktree, request: StagingRequest): Promise<boolean> {
  const { index, head, isBackup, without } = request;
  const variables = { ...repository.networkVariables, GIT_INDEX_FILE: index };
  const git: Git = (args, options) =>
    worktree.run(args, { ...options, configuration: ['core.safecrlf=false', 'submodule.recurse=false'], variables });
  const unlinked = await unlink(repository, { worktree, git }, request);
  const { foreign, linked } = await findEmbedded(repository, worktree, git);
  const embedded = [...new Set([...foreign, ...unlinked])];
  if (!isBackup) await requireUndeclared(worktree, embedded);
  await addFiles(worktree, { left: [...foreign, ...linked], isBackup }, git);
  const files = await filesInEmbedded(worktree, embedded, git);
  const input = toInput(files);
  if (files.length > 0) await storeOrExplain(worktree, async () => git(['update-index', '--add', '--replace', '-z', '--stdin'], { input }));
  await leaveAsIn(request.base, without, git);
  return head === null ? (await git(['ls-files', '-z'])).stdout !== '' : leaveConverted(repository, worktree, { head, git });
}

interface Addition {
  /** Folders that are left out. */
  readonly left: readonly string[];
  readonly isBackup: boolean;
}

const ADD = ['add', '--all', '--sparse', '--pathspec-from-file=-', '--pathspec-file-nul'];

async function addFiles(worktree: Worktree, { left, isBackup }: Addition, git: Git): Promise<void> {
  const input = toInput([':/', ...left.map((path) => `:(exclude,top,literal)${path}`)]);
  if (!isBackup) {
    await storeOrExplain(worktree, async () => git(ADD, { input }));
    return;
  }
  if ((await git(ADD, { input, answers: FAILED })).exitCode === 0) return;
  const { stdout } = await git(['ls-files', '-z', '--others', '--modified', '--deleted', '--exclude-standard']);
  await addWhatCanBe(
    [...new Set(splitNul(stdout))].filter((path) => !path.endsWith('/')),
    git,
  );
}

/** Adds all but the paths that git refuses, which it names one at a time and in words. */
async function addWhatCanBe(paths: readonly string[], git: Git): Promise<void> {
  if (paths.length === 0) return;
  const input = toInput(paths.map((path) => `:(top,literal)${path}`));
  if ((await git(ADD, { input, answers: FAILED })).exitCode === 0 || paths.length === 1) return;
  const half = Math.ceil(paths.length / 2);
  for (const part of [paths.slice(0, half), paths.slice(half)]) await addWhatCanBe(part, git);
}

function toInput(paths: readonly string[]): string {
  return paths.map((path) => `${path}\0`).join('');
}

/** Takes entries of submodules out of the index that are to be stored as files. @returns their folders */
async function unlink(repository: Repository, { worktree, git }: Staging, { base, isBackup }: StagingRequest): Promise<readonly string[]> {
  const { stdout } = await git(['ls-files', '-z', '--stage']);
  const links = splitNul(stdout).flatMap((record) => (record.startsWith(GITLINK) ? [record.slice(record.indexOf('\t') + 1)] : []));
  if (links.length === 0) return [];
  const changed = await changesOf(base, links, git);
  const folders: string[] = [];
  for (const { path, oldMode } of changed) {
    // A submodule that was removed, or never filled, has no work in it.
    if (!(await pathExists(join(worktree.path, path, '.git'))) && oldMode === GITLINK) continue;
    if (isBackup || oldMode !== GITLINK) folders.push(path);
    else await requireStoredElsewhere(repository, worktree, path);
  }
  await forget(folders, git);
  return folders;
}

async function changesOf(base: string | null, links: readonly string[], git: Git): Promise<readonly RawChange[]> {
  if (base === null) return links.map((path) => ({ path, oldMode: '000000', newMode: GITLINK, oldObject: '' }));
  const paths = links.map((path) => `:(top,literal)${path}`);
  return parseRawChanges((await git(['diff-index', ...RAW_FLAGS, base, '--', ...paths])).stdout);
}

/** @throws UserError when a submodule holds work that a commit of the worktree would only point to */
async function requireStoredElsewhere({ run }: Repository, worktree: Worktree, path: string): Promise<void> {
  const cwd = join(worktree.path, path);
  const dirty = await run({ cwd, arguments: ['status', '--porcelain=v1', '-z', '--untracked-files=all'] });
  const pushed = await run({ cwd, arguments: ['for-each-ref', '--contains=HEAD', '--count=1', 'refs/remotes/'], answers: FAILED });
  if (dirty.stdout === '' && pushed.stdout !== '') return;
  throw new UserError(
    `"${printableLine(path)}" is a submodule with changes that are not pushed, and a commit here would only point to them. Make this change in the submodule's own repository first.`,
  );
}

/** @throws UserError for a new submodule: its content would be in no commit and in no review */
async function requireUndeclared(worktree: Worktree, embedded: readonly string[]): Promise<void> {
  if (embedded.length === 0) return;
  const declared = await listSubmodules(worktree);
  const path = embedded.find((folder) => declared.some((submodule) => submodule.path === folder));
  if (path === undefined) return;
  throw new UserError(
    `"${printableLine(path)}" is a submodule that the base does not have; its content would be in no commit. Add the submodule to the base first: git submodule add <url> ${printableLine(path)}`,
  );
}

/** Makes the entries that patterns match those of the base. */
async function leaveAsIn(base: string | null, patterns: readonly string[], git: Git): Promise<void> {
  if (patterns.length === 0) return;
  const pathspecs = patterns.map((pattern) => `:(top,glob)${pattern}`);
  if (base === null) {
    await forget(splitNul((await git(['ls-files', '-z', '--', ...pathspecs])).stdout), git);
    return;
  }
  const changes = parseRawChanges((await git(['diff-index', '--cached', ...RAW_FLAGS, base, '--', ...pathspecs])).stdout);
  const isNew = ({ oldMode }: RawChange): boolean => oldMode === '000000';
  await forget(
    changes.filter(isNew).map(({ path }) => path),
    git,
  );
  const known = changes.filter((change) => !isNew(change)).map(({ path, oldMode, oldObject }) => `${oldMode} ${oldObject}\t${path}\0`);
  if (known.length > 0) await git(['update-index', '-z', '--index-info'], { input: known.join('') });
}

async function forget(paths: readonly string[], git: Git): Promise<void> {
  if (paths.length === 0) return;
  await git(['update-index', '--force-remove', '-z', '--stdin'], { input: toInput(paths) });
}

async function storeOrExplain(worktree: Worktree, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UserError) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    throw new UserError(
      `git cannot store the files in "${printableLine(worktree.path)}": ${printableLine(reason)}. Fix or ignore what it names, then run again.`,
      { cause: error },
    );
  }
}

/** Puts back the entries of unchanged files. @returns whether a change is left */
async function leaveConverted(
  repository: Repository,
  worktree: Worktree,
  { head, git }: { readonly head: string; readonly git: Git },
): Promise<boolean> {
  const changes = parseRawChanges((await git(['diff-index', '--cached', ...RAW_FLAGS, head, '--'])).stdout);
  const converted = await convertedOnly(repository, worktree, changes);
  const input = converted.map(({ oldMode, oldObject, path }) => `${oldMode} ${oldObject}\t${path}\0`).join('');
  if (converted.length > 0) await git(['update-index', '-z', '--index-info'], { input });
  return converted.length < changes.length;
}
