import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@nx-fleet/system';
import { describeGit } from '../../core/src/git/git.contract.js';
import { createTestRepository, type TestRepository } from './testing/repository.fixture.js';

const repositories: TestRepository[] = [];

afterEach(async () => {
  for (const repository of repositories.splice(0)) await repository.remove();
});

describeGit('the real git', async () => {
  const repository = await createTestRepository();
  repositories.push(repository);
  await repository.run(['rm', '-q', 'readme.md']);
  await repository.write('README.md', 'hello\n');
  await repository.run(['add', '-A']);
  await repository.run(['commit', '-q', '--amend', '-m', 'first']);
  return {
    git: repository.git,
    path: (name) => join(repository.folder, name),
    write: (worktree, file, text) => (text === null ? rm(join(worktree, file)) : repository.write(file, text, worktree)),
    read: async (worktree, file) => {
      try {
        return await readFile(join(worktree, file), 'utf8');
      } catch (error) {
        if (systemErrorCode(error) === 'ENOENT') return null;
        throw error;
      }
    },
  };
});
