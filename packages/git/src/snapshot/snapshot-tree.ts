import { join } from 'node:path';
import { type ScratchFolders, withScratchFolder } from '@nx-fleet/core';
import type { SnapshotGit } from './snapshot.js';

export interface TreeRequest {
  readonly tree: string;
  readonly baseTree: string;
  /** At least one. */
  readonly pathspecs: readonly string[];
}

/** The id of a tree that is `tree`, except that what matches the pathspecs is as in `baseTree`: changed files changed back, new ones gone, deleted ones there. */
export async function treeWithPathsFrom(git: SnapshotGit, request: TreeRequest, folders: ScratchFolders): Promise<string> {
  return withScratchFolder(folders, async (scratch) => {
    const mixed = { variables: { GIT_INDEX_FILE: join(scratch, 'mixed') } };
    const base = { variables: { GIT_INDEX_FILE: join(scratch, 'base') } };
    await git(['read-tree', request.tree], mixed);
    await git(['read-tree', request.baseTree], base);
    // Globs and pathspec magic work on an index, not on a tree.
    const list = ['ls-files', '--stage', '-z', '--', ...request.pathspecs];
    const removed = parseEntries(await git(list, mixed)).map((entry) => `0 ${'0'.repeat(request.tree.length)}\t${entry.path}\0`);
    const added = parseEntries(await git(list, base)).map((entry) => `${entry.head}\t${entry.path}\0`);
    const input = [...removed, ...added].join('');
    await git(['update-index', '-z', '--index-info'], { ...mixed, input });
    return git(['write-tree'], mixed);
  });
}

interface IndexEntry {
  /** Mode, object and stage. */
  readonly head: string;
  readonly path: string;
}

function parseEntries(text: string): readonly IndexEntry[] {
  // A name that is not UTF-8 came in damaged, and would be looked for in vain: the writer's file would stay.
  if (text.includes('\uFFFD')) throw new Error('A file name among the paths from the base is not UTF-8');
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const tab = record.indexOf('\t');
      return { head: record.slice(0, tab), path: record.slice(tab + 1) };
    });
}
