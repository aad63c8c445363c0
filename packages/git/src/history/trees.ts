import { printableLine, type TreeFile, UserError } from '@nx-fleet/core';
import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import { requireTree } from '../repository/revisions.js';

/** All files of a tree or commit. @throws UserError when a name is not UTF-8: it could not be written again */
export async function listFiles(repository: Repository, revision: string): Promise<readonly TreeFile[]> {
  const tree = await requireTree(repository, revision);
  const { stdout } = await repository.inMain(['ls-tree', '-r', '-z', '--full-tree', tree]);
  return splitNul(stdout).map(parseFile);
}

function parseFile(record: string): TreeFile {
  const tab = record.indexOf('\t');
  const path = record.slice(tab + 1);
  if (path.includes('\uFFFD')) throw new UserError(`The name of "${printableLine(path)}" is not UTF-8. Give the file another name.`);
  const [mode = '', , object = ''] = record.slice(0, tab).split(' ');
  return { path, mode, object };
}

/** Writes trees, with one git for each level of their folders however many there are. */
export async function writeTrees(repository: Repository, trees: readonly (readonly TreeFile[])[]): Promise<readonly string[]> {
  const roots = trees.map(folderOf);
  const levels: Folder[][] = [];
  for (const root of roots) addToLevels(root, levels);
  for (const level of levels) await writeLevel(repository, level);
  return roots.map(idOf);
}

/** Deepest first: a folder's id is made of the ids of what is in it. */
interface Folder {
  readonly files: Map<string, TreeFile>;
  readonly folders: Map<string, Folder>;
  id: string | null;
}

function folderOf(files: readonly TreeFile[]): Folder {
  const root = emptyFolder();
  for (const file of files) {
    const names = file.path.split('/');
    const last = names.pop() ?? '';
    const folder = names.reduce((parent, name) => openFolder(parent, name, file), root);
    if (folder.folders.has(last)) throw inTheWay(file);
    folder.files.set(last, file);
  }
  return root;
}

function openFolder(parent: Folder, name: string, file: TreeFile): Folder {
  if (parent.files.has(name)) throw inTheWay(file);
  const folder = parent.folders.get(name) ?? emptyFolder();
  parent.folders.set(name, folder);
  return folder;
}

function emptyFolder(): Folder {
  return { files: new Map(), folders: new Map(), id: null };
}

function inTheWay({ path }: TreeFile): Error {
  return new Error(`"${printableLine(path)}" would be a file and a folder in one tree`);
}

/** Sorts folders by how many levels are below them. @returns that number */
function addToLevels(folder: Folder, levels: Folder[][]): number {
  const height = Math.max(-1, ...[...folder.folders.values()].map((child) => addToLevels(child, levels))) + 1;
  (levels[height] ??= []).push(folder);
  return height;
}

async function writeLevel(repository: Repository, level: readonly Folder[]): Promise<void> {
  const texts = level.map(entriesOf);
  const distinct = [...new Set(texts)];
  const input = distinct.map((text) => `${text}\0`).join('');
  // In a partial clone, looking for what is missing would fetch it.
  const { stdout } = await repository.inMain(['mktree', '-z', '--batch', '--missing'], { input });
  const ids = stdout.trimEnd().split('\n');
  const idByText = new Map(distinct.map((text, index) => [text, ids[index] ?? null]));
  level.forEach((folder, index) => {
    folder.id = idByText.get(texts[index] ?? '') ?? null;
  });
}

function entriesOf({ files, folders }: Folder): string {
  const ofFiles = [...files].map(([name, { mode, object }]) => `${mode} ${mode === '160000' ? 'commit' : 'blob'} ${object}\t${name}\0`);
  const ofFolders = [...folders].map(([name, folder]) => `040000 tree ${idOf(folder)}\t${name}\0`);
  return [...ofFiles, ...ofFolders].sort().join('');
}

function idOf({ id }: Folder): string {
  if (id === null) throw new Error('git mktree gave fewer ids than it was given trees');
  return id;
}

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
