import type { Repository } from './repository.js';
import { requireTree } from './revisions.js';

const REGULAR_FILE = /^100(?:644|755) blob ([\da-f]+)\t/;

/** What stands in a regular file of a tree or commit, or null if there is none. */
export async function readFile(repository: Repository, revision: string, path: string): Promise<string | null> {
  const tree = await requireTree(repository, revision);
  const { stdout } = await repository.here(['ls-tree', '--full-tree', '-z', tree, '--', path]);
  const [, blob] = REGULAR_FILE.exec(stdout) ?? [];
  return blob === undefined ? null : (await repository.here(['cat-file', 'blob', blob])).stdout;
}
