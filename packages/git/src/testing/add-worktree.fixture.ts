// A process that says that it is ready, waits for a line, and then adds worktrees and fills the last of them.
import { once } from 'node:events';
import { join } from 'node:path';
import { createGit } from '../create-git.js';

const [directory = '', folder = '', ...branches] = process.argv.slice(2);

async function main(): Promise<void> {
  const git = createGit(directory);
  await git.locate();
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  for (const branch of branches) await git.addWorktree(join(folder, branch), branch);
  await git.checkoutWorktree(join(folder, branches.at(-1) ?? ''));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exit(1);
  },
);
