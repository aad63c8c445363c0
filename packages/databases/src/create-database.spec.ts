import { createDatabase } from './create-database.js';
import { describeInsideDatabase } from './database.contract.js';
import { createSpawnedCommands } from './spawn-commands.contract.js';

function none() {
  return createDatabase({ type: 'none' }, { commands: createSpawnedCommands(), env: {} });
}

const request = {
  repository: 'shop',
  clone: 'c10ec10e',
  project: 'issue-1',
  generation: 'a1a1a1a1',
  mainWorktree: '/nowhere',
  worktree: '/nowhere/issue-1',
  onProgress: () => {},
};

describeInsideDatabase('none', async () => ({ database: none(), request: () => request, readOriginal: async () => null, probe: null }));

describe('no database', () => {
  it('has no branches', async () => {
    await expect(none().createBranch(request)).resolves.toBeNull();
    await expect(none().resetBranch(request)).resolves.toBeNull();
  });
});
