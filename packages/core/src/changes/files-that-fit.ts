import type { TreeFile } from '../git/git.js';

/**
 * Those of `files` that can be in one tree with `others`, and with each other: what is a file in one commit, such as a submodule or a link, may be
 * a folder in another one.
 */
export function filesThatFit(files: readonly TreeFile[], others: readonly TreeFile[]): readonly TreeFile[] {
  const taken = new Set<string>();
  const folders = new Set<string>();
  const add = ({ path }: TreeFile): void => {
    taken.add(path);
    for (const folder of foldersAbove(path)) folders.add(folder);
  };
  for (const other of others) add(other);
  return files.filter((file) => {
    const fits = !folders.has(file.path) && !foldersAbove(file.path).some((folder) => taken.has(folder));
    if (fits) add(file);
    return fits;
  });
}

function foldersAbove(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
