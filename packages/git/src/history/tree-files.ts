import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import { requireTree } from '../repository/revisions.js';

const LINK = /^120000 blob ([\da-f]+)\t/;
const REGULAR_FILE = /^100(?:644|755) blob ([\da-f]+)\t/;

/** What is in a regular file of a tree or commit, or null if there is none. */
export async function readFile(repository: Repository, revision: string, path: string): Promise<string | null> {
  return readEntry(repository, { revision, path, kind: REGULAR_FILE });
}

/** Where a symbolic link of a tree or commit leads, or null if there is none. */
export async function readLink(repository: Repository, revision: string, path: string): Promise<string | null> {
  return readEntry(repository, { revision, path, kind: LINK });
}

interface Entry {
  readonly revision: string;
  readonly path: string;
  readonly kind: RegExp;
}

async function readEntry(repository: Repository, { revision, path, kind }: Entry): Promise<string | null> {
  const tree = await requireTree(repository, revision);
  const { stdout } = await repository.here(['ls-tree', '--full-tree', '-z', tree, '--', path]);
  const [, blob] = kind.exec(stdout) ?? [];
  return blob === undefined ? null : (await repository.here(['cat-file', 'blob', blob])).stdout;
}

/** `git grep` ends with 1 when it finds nothing. */
const FOUND_OR_NOT = [0, 1];

/** Of texts of one line, those that a text file of a revision has as a whole word. Of a partial clone none: looking would fetch all of it. */
export async function textsIn(repository: Repository, revision: string, texts: readonly string[]): Promise<ReadonlySet<string>> {
  const lines = [...new Set(texts)].filter((text) => text !== '' && !/[\r\n\0]/.test(text));
  if (lines.length === 0 || (await isPartialClone(repository))) return new Set();
  const { stdout } = await repository.inMain(['grep', '-hoIFw', '-f', '-', await requireTree(repository, revision)], {
    input: `${lines.join('\n')}\n`,
    answers: FOUND_OR_NOT,
  });
  return new Set(stdout.split('\n').filter((line) => line !== ''));
}

/** Files of a worktree that git tracks and that match pathspecs; with a text, those that hold it. */
export async function trackedMatching(
  repository: Repository,
  path: string,
  { pathspecs, text }: { readonly pathspecs: readonly string[]; readonly text?: string },
): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const search = text === undefined ? ['ls-files', '-z'] : ['grep', '-lzIF', '-e', text];
  const { stdout } = await worktree.run([...search, '--', ...pathspecs], { answers: FOUND_OR_NOT });
  return splitNul(stdout);
}

async function isPartialClone(repository: Repository): Promise<boolean> {
  const { stdout } = await repository.inMain(['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$'], {
    answers: FOUND_OR_NOT,
  });
  return stdout !== '';
}
