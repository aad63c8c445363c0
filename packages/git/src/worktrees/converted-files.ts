import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withScratchFolder } from '@nx-fleet/core';
import { isMissingFile } from '@nx-fleet/system';
import { GITLINK, type RawChange } from '../command/git-output.js';
import type { Repository, Worktree } from '../repository/repository.js';

/**
 * Of some changes against a commit, those that are only git's own conversion: the file is exactly what git writes for that commit, and what git would
 * store of it is something else. Line ends committed before a rule for them do so, and filters. Such files are changed right after a checkout.
 */
export async function convertedOnly(
  { networkVariables, scratch: folders }: Repository,
  worktree: Worktree,
  changes: readonly RawChange[],
): Promise<readonly RawChange[]> {
  // New rules for conversion are a change of their own, and what follows from them belongs to it.
  if (changes.some(({ path }) => basename(path) === '.gitattributes')) return [];
  const candidates = changes.filter(({ oldMode, newMode }) => oldMode === newMode && oldMode !== GITLINK && oldMode !== '120000');
  if (candidates.length === 0) return [];
  return withScratchFolder(folders, async (scratch) => {
    // Large files stay pointers: what is compared is what git itself stores.
    const variables = { ...networkVariables, GIT_LFS_SKIP_SMUDGE: '1', GIT_INDEX_FILE: join(scratch, 'index') };
    const input = candidates.map(({ oldMode, oldObject, path }) => `${oldMode} ${oldObject}\t${path}\0`).join('');
    await worktree.run(['update-index', '-z', '--index-info'], { variables, input });
    const written = join(scratch, 'files');
    // A filter that fails writes nothing: its file counts as changed.
    await worktree.run(['checkout-index', '--all', '--force', '--quiet', `--prefix=${written}/`], { variables, answers: [0, 1, 128] });
    const equal: RawChange[] = [];
    for (const change of candidates)
      if (await isSameContent(join(worktree.path, change.path), join(written, change.path))) equal.push(change);
    return equal;
  });
}

async function isSameContent(one: string, other: string): Promise<boolean> {
  try {
    const [first, second] = [await lstat(one), await lstat(other)];
    if (!first.isFile() || !second.isFile() || first.size !== second.size) return false;
    const rest = createReadStream(other)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    // Streams of equal files come in equal pieces.
    for await (const piece of createReadStream(one) as AsyncIterable<Buffer>) {
      const { value } = (await rest.next()) as IteratorResult<Buffer, undefined>;
      if (value === undefined || !piece.equals(value)) return false;
    }
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
