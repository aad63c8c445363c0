import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder that all worktrees of a folder's repository share; null outside of any. By what is on disk (gitrepository-layout(5)), without git.
 * @param folder real absolute path
 */
export function repositoryOf(folder: string): string | null {
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
  return parent === folder ? null : repositoryOf(parent);
}

/** A submodule and a repository whose folder stands elsewhere have no file `commondir`. */
function commonDirectory(gitDirectory: string): string {
  const file = path.join(gitDirectory, 'commondir');
  const isLinked = statSync(file, { throwIfNoEntry: false }) !== undefined;
  return isLinked ? path.resolve(gitDirectory, readFileSync(file, 'utf8').trim()) : gitDirectory;
}
