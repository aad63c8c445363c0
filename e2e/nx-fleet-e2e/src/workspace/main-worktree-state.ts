import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './fleet-state.js';
import type { Workspace } from './workspace.js';

/** All of the main worktree that belongs to the person who works in it: commands for issues leave it as it is. */
export async function mainWorktreeState({ root, git }: Pick<Workspace, 'root' | 'git'>): Promise<object> {
  const files = [...filesBelow(root)].filter(([file]) => !file.startsWith('.nx-fleet'));
  return {
    head: readFileSync(join(root, '.git/HEAD'), 'utf8'),
    commit: await git('rev-parse', 'HEAD'),
    index: createHash('sha256')
      .update(readFileSync(join(root, '.git/index')))
      .digest('hex'),
    config: readFileSync(join(root, '.git/config'), 'utf8'),
    stash: await git('stash', 'list'),
    // Without the lock that a refresh of the index takes.
    status: await git('--no-optional-locks', 'status', '--porcelain'),
    files: Object.fromEntries(files),
  };
}

/** What `git fsck` finds wrong with the repository; '' for nothing. Objects that no ref reaches are normal. */
export async function repositoryFaults({ root, run }: Pick<Workspace, 'root' | 'run'>): Promise<string> {
  const { exitCode, output } = await run('git', ['-C', root, 'fsck', '--full', '--no-dangling', '--no-progress']);
  return exitCode === 0 ? output.trim() : `exit code ${exitCode}\n${output}`;
}
