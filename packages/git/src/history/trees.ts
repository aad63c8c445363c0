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
