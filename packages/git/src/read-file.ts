import type { Repository } from './repository.js';
import { requireTree } from './revisions.js';

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
