import type { ChangedFile, LineCounts } from '@nx-fleet/core';
import type { Repository } from '../repository/repository.js';
import { requireTree } from '../repository/revisions.js';
import { withTreeAttributes } from './attributes.js';

// An order of somebody's own would give another diff.
const RENAMES = ['-M', '-l1000', '-O/dev/null'];
const PATCH = [
  '--patch',
  '--full-index',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=histogram',
  '--indent-heuristic',
  '--submodule=short',
  '--ignore-submodules=none',
];

/** Unified diff between two trees or commits, the same on every machine. */
export async function diff(repository: Repository, base: string, head: string): Promise<string> {
  return diffTrees(repository, { base, head, flags: PATCH });
}

export async function changedFiles(repository: Repository, base: string, head: string): Promise<readonly ChangedFile[]> {
  const flags = ['--raw', '--numstat', '-z', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];
  return parseChangedFiles(await diffTrees(repository, { base, head, flags }));
}

/** Lines that a change adds to and removes from each text file, whatever attributes say about it; a binary file is missing. */
export async function lineCounts(repository: Repository, base: string, head: string): Promise<ReadonlyMap<string, LineCounts>> {
  const flags = ['--numstat', '-z', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'];
  const records = parseLineCounts((await diffTrees(repository, { base, head, flags, withoutAttributes: true })).split('\0'));
  return new Map(
    records.flatMap(({ path, added, removed }) => (added === '-' ? [] : [[path, { added: Number(added), removed: Number(removed) }]])),
  );
}

interface DiffRequest {
  readonly base: string;
  readonly head: string;
  readonly flags: readonly string[];
  readonly withoutAttributes?: boolean;
}

// Attributes decide what counts as binary. They are read from the base's tree, through an index, and from no work tree:
// a writer could otherwise hide its change with a line in .gitattributes, and two machines could see two diffs.
async function diffTrees(repository: Repository, request: DiffRequest): Promise<string> {
  const base = await requireTree(repository, request.base);
  const head = await requireTree(repository, request.head);
  return withTreeAttributes(repository, base, async (git) => {
    if (request.withoutAttributes === true) await git(['read-tree', '--empty']);
    const args = ['diff-tree', '-r', ...RENAMES, ...request.flags, base, head, '--'];
    return (await git(args, { configuration: ['diff.suppressBlankEmpty=false'] })).stdout;
  });
}

/** Reads `--raw --numstat -z`: first every file's status with one path or two, then every file's line counts. */
function parseChangedFiles(text: string): readonly ChangedFile[] {
  const parts = text.split('\0');
  const files: { path: string; kind: ChangedFile['kind'] }[] = [];
  let at = 0;
  for (; parts[at]?.startsWith(':') === true;) {
    const status = parts[at]?.split(' ')[4]?.[0] ?? '';
    const paths = status === 'R' || status === 'C' ? 2 : 1;
    files.push({ path: parts[at + paths] ?? '', kind: kindOf(status) });
    at += paths + 1;
  }
  const binary = new Set(parseLineCounts(parts.slice(at)).flatMap(({ path, added }) => (added === '-' ? [path] : [])));
  return files.map((file) => ({ ...file, binary: binary.has(file.path) }));
}

function parseLineCounts(parts: readonly string[]): readonly { readonly path: string; readonly added: string; readonly removed: string }[] {
  const records: { path: string; added: string; removed: string }[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [added, removed, path] = splitCounts(parts[at] ?? '');
    if (added === '') continue;
    // A renamed file has an empty path here; its old and its new path follow.
    if (path === '') at += 2;
    records.push({ path: path === '' ? (parts[at] ?? '') : path, added, removed });
  }
  return records;
}

function splitCounts(record: string): readonly [string, string, string] {
  const match = /^(-|\d+)\t(-|\d+)\t(.*)$/s.exec(record);
  return match === null ? ['', '', record] : [match[1] ?? '', match[2] ?? '', match[3] ?? ''];
}

function kindOf(status: string): ChangedFile['kind'] {
  if (status === 'A' || status === 'C') return 'added';
  if (status === 'D') return 'deleted';
  return status === 'R' ? 'renamed' : 'modified';
}

const ATTRIBUTES = ['linguist-generated', 'binary', 'diff'];

/** Of these paths, those that the attributes in a tree mark as generated, each with that attribute. */
export async function generatedMarks(
  repository: Repository,
  revision: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (paths.length === 0) return new Map();
  const tree = await requireTree(repository, revision);
  return withTreeAttributes(repository, tree, async (git) => {
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
