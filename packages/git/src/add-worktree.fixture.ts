// A process that says that it is ready, waits for a line, and then adds and fills one worktree.
import { once } from 'node:events';
import { createGit } from './create-git.js';

const [directory = '', path = '', branch = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const git = createGit(directory);
  await git.locate();
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  await git.addWorktree(path, branch);
  await git.checkoutWorktree(path);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exit(1);
  },
);
