import { copyFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fleetIdentity } from './environment.js';
import { isMissingFile } from './file-errors.js';
import type { Repository, Worktree } from './repository.js';
import { withScratchFolder } from './scratch-folder.js';

/** Commits everything that is not ignored. Returns the commit, or null when there is nothing to commit. */
export async function commitAll(repository: Repository, path: string, message: string): Promise<string | null> {
  const worktree = await repository.openWorktree(path);
  await worktree.run(['add', '--all']);
  if (!(await hasStagedChange(worktree))) return null;
  const commit = ['commit', '--no-verify', '--cleanup=whitespace', '--file=-'];
  await worktree.run(commit, { input: message, variables: await missingIdentity(worktree) });
  return headOf(worktree);
}

/** Stores the work tree as it is as a commit on top of HEAD; index, HEAD and files stay as they are. */
export async function captureWorktree(repository: Repository, path: string, message: string): Promise<string> {
  const worktree = await repository.openWorktree(path);
  return withScratchFolder(async (scratch) => {
    const index = join(scratch, 'index');
    const variables = { GIT_INDEX_FILE: index };
    const head = await headOf(worktree);
    const copied = await copyIndex(join(worktree.gitDirectory, 'index'), index);
    if (!copied && head !== null) await worktree.run(['read-tree', head], { variables });
    await worktree.run(['add', '--all'], { variables });
    const tree = (await worktree.run(['write-tree'], { variables })).stdout.trim();
    const parent = head === null ? [] : ['-p', head];
    const options = { input: message, variables: await missingIdentity(worktree) };
    return (await worktree.run(['commit-tree', tree, ...parent, '-F', '-'], options)).stdout.trim();
  });
}

async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    // git trusts file times that are older than the index: a copy that looks newer would hide a change made in the same moment.
    const written = Math.floor((await stat(from)).mtimeMs / 1000);
    await utimes(to, written, written);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

async function hasStagedChange(worktree: Worktree): Promise<boolean> {
  if ((await headOf(worktree)) === null) return (await worktree.run(['ls-files', '-z'])).stdout !== '';
  const flags = ['--cached', '--quiet', '--ignore-submodules=none'];
  const { exitCode } = await worktree.run(['diff-index', ...flags, 'HEAD', '--'], { answers: [0, 1] });
  return exitCode === 1;
}

async function headOf(worktree: Worktree): Promise<string | null> {
  const { exitCode, stdout } = await worktree.run(['rev-parse', '--verify', '-q', 'HEAD^{commit}'], { answers: [0, 1] });
  return exitCode === 0 ? stdout.trim() : null;
}

// Without a configured identity git would guess one from the machine's name, or refuse.
async function missingIdentity(worktree: Worktree): Promise<Record<string, string>> {
  const options = { configuration: ['user.useConfigOnly=true'], answers: [0, 128] };
  const author = await worktree.run(['var', 'GIT_AUTHOR_IDENT'], options);
  const committer = await worktree.run(['var', 'GIT_COMMITTER_IDENT'], options);
  return author.exitCode === 0 && committer.exitCode === 0 ? {} : fleetIdentity();
}
