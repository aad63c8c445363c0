import { withAttributesOf } from './attributes.js';
import type { Repository } from './repository.js';
import { requireTree } from './revisions.js';

const ATTRIBUTES = ['linguist-generated', 'binary', 'diff'];

/** Of these paths, those that the attributes in a tree mark as generated, each with that attribute. */
export async function generatedMarks(
  repository: Repository,
  revision: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const tree = await requireTree(repository, revision);
  return withAttributesOf(repository, tree, async (git) => {
    const input = paths.map((path) => `${path}\0`).join('');
    const { stdout } = await git(['check-attr', '--cached', '-z', '--stdin', ...ATTRIBUTES], { input });
    // A value can be empty.
    const fields = stdout.split('\0');
    const marks = new Map<string, string>();
    for (let at = 0; at + 2 < fields.length; at += 3) {
      const [path = '', attribute = '', value = ''] = fields.slice(at, at + 3);
      const mark = markOf(attribute, value);
      if (mark !== null && !marks.has(path)) marks.set(path, mark);
    }
    return marks;
  });
}

function markOf(attribute: string, value: string): string | null {
  if (attribute === 'diff') return value === 'unset' ? '-diff' : null;
  return value === 'set' || value === 'true' ? attribute : null;
}
