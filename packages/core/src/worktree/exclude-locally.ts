import type { RepositoryLocation } from '../git/git.js';
import type { WorktreeAdapters } from './worktree-work.js';

export interface Exclusion {
  readonly location: RepositoryLocation;
  /** The worktree that the path is looked at in; absolute. */
  readonly worktree: string;
  /** Relative to it. */
  readonly path: string;
  /** What to write if git does not ignore the path yet, in gitignore syntax. */
  readonly pattern: string;
}

/** Has git ignore a path of nx-fleet without touching a tracked file: the exclude file is this clone's own. Nx heeds it too. */
export async function excludeLocally(
  { location, worktree, path, pattern }: Exclusion,
  { git, host }: Pick<WorktreeAdapters, 'git' | 'host'>,
): Promise<void> {
  if ((await git.ignoredPaths(worktree, [path])).length > 0) return;
  const exclude = `${location.commonDirectory}/info/exclude`;
  const text = (await host.readFile(exclude)) ?? '';
  if (text.split('\n').includes(pattern)) return;
  await host.writePrivateFile(exclude, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${pattern}\n`);
}
