import { printableLine } from '@nx-fleet/core';
import { requireBranchName } from './refs.js';
import type { Repository } from './repository.js';
import { splitNul } from './nul-separated.js';

/** Entries of the stash that were made on a branch, as `stash@{0}: WIP on issue/42: …`. */
export async function stashesOn(repository: Repository, branch: string): Promise<readonly string[]> {
  await requireBranchName(repository, branch);
  const { stdout } = await repository.inMain(['stash', 'list', '-z', '--no-color', '--format=%gd%x09%gs']);
  // git has no other record of the branch than the words that it begins the entry with.
  const starts = [`WIP on ${branch}: `, `On ${branch}: `];
  return splitNul(stdout).flatMap((entry) => {
    const [name = '', ...message] = entry.split('\t');
    const text = message.join('\t');
    return starts.some((start) => text.startsWith(start)) ? [printableLine(`${name}: ${text}`)] : [];
  });
}
