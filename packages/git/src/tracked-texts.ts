import { splitNul } from './nul-separated.js';
import type { Repository } from './repository.js';
import { requireTree } from './revisions.js';

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
