import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withScratchFolder } from '@nx-fleet/core';
import { fleetIdentity } from './environment.js';
import type { KeptFile } from './kept-file.js';
import type { Repository } from './repository.js';
import type { Keep } from './watched.js';

/** Keeps what was in files outside of git's trees, as a commit without parents: `1-pre-commit`, `2-config`. Absent files and folders have no content. */
export async function keepContents(repository: Repository, files: ReadonlyMap<string, KeptFile>, keep: Keep): Promise<void> {
  const entries: string[] = [];
  await withScratchFolder(repository.scratch, async (scratch) => {
    for (const [path, { content }] of files) {
      if (content === null) continue;
      const name = `${entries.length + 1}-${basename(path)}`;
      await writeFile(join(scratch, 'content'), content);
      const { stdout } = await repository.inMain(['hash-object', '-w', '--no-filters', '--', join(scratch, 'content')]);
      entries.push(`100644 blob ${stdout.trim()}\t${name}\0`);
    }
  });
  if (entries.length === 0) return;
  const tree = (await repository.inMain(['mktree', '-z'], { input: entries.join('') })).stdout.trim();
  const message = 'As it was before an agent that was reading changed it';
  const commit = ['commit-tree', tree, '-F', '-'];
  await keep((await repository.inMain(commit, { input: message, variables: fleetIdentity() })).stdout.trim());
}
