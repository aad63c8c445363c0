import type { Tree } from '@nx/devkit';
import type { Git } from '@nx-fleet/core';

export const INCLUDE_FILE = '.worktreeinclude';

/** Env files, and files of keys and of logins. Not those that no worktree gets: another environment's, and our own. */
const NEEDED =
  /^(?:\.env|\.env\.(?!local$|.*(?:prod|staging)).+|\.dev\.vars|\.npmrc|local\.settings\.json|credentials\.json|.+\.(?:pem|key|p12|pfx|crt|jks))$/;
/** Where they are, besides the root and each project's folder. */
const FOLDERS = ['certs', 'config', 'keys', 'secrets'];
const HEADER = '# Files that git ignores and that each worktree gets a copy of. Leave databases out: "database" copies those.';

/** Files of this workspace that git ignores and that the programs in a worktree probably need; empty where `.worktreeinclude` is there already. */
export async function proposeIncludes(
  tree: Tree,
  projectRoots: readonly string[],
  git: Pick<Git, 'ignoredPaths' | 'locate'>,
): Promise<readonly string[]> {
  if (tree.exists(INCLUDE_FILE)) return [];
  const folders = [...new Set(['.', ...projectRoots, ...FOLDERS])];
  const files = folders.flatMap((folder) => {
    const names = tree.isFile(folder) ? [] : tree.children(folder);
    return names
      .map((name) => (folder === '.' ? name : `${folder}/${name}`))
      .filter((file) => NEEDED.test(file.split('/').at(-1) ?? '') && tree.isFile(file));
  });
  // A line break cannot be written in a file of patterns, and these characters mean something else there.
  const plain = files.filter((file) => !/[\r\n*?[\]\\!#]|\s$/.test(file));
  return (await git.ignoredPaths((await git.locate()).mainWorktree, plain)).toSorted();
}

export function writeIncludes(tree: Tree, files: readonly string[]): void {
  if (files.length > 0) tree.write(INCLUDE_FILE, `${[HEADER, ...files.map((file) => `/${file}`)].join('\n')}\n`);
}
