// A process that says that it is ready, waits for a line, and then does what its arguments say: `<verb> <words…>`, `+` between commands.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createGit } from '../create-git.js';

const [directory = '', ...words] = process.argv.slice(2);
const git = createGit(directory);

async function act([verb, one = '', other = '']: readonly string[]): Promise<void> {
  switch (verb) {
    case 'add':
      return git.addWorktree(one, other);
    case 'spare':
      return git.addDetachedWorktree(one, other);
    case 'checkout':
      return git.checkoutWorktree(one);
    case 'move':
      if (!(await git.moveWorktree(one, other))) throw new Error(`"${one}" was not moved`);
      return;
    case 'switch':
      return git.switchWorktree(one, other);
    case 'remove':
      return git.removeWorktree(one, (path) => rm(path, { recursive: true, force: true }));
    default:
      throw new Error(`unknown verb "${verb}"`);
  }
}

async function main(): Promise<void> {
  await git.locate();
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const commands = words.join('\n').split('\n+\n');
  for (const command of commands) await act(command.split('\n'));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exit(1);
  },
);
