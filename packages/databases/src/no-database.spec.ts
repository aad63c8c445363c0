import { createDatabase } from './create-database.js';
import { describeDatabase } from './database.contract.js';
import { createSpawnedCommands } from './spawn-commands.contract.js';

function none() {
  return createDatabase({ type: 'none' }, { commands: createSpawnedCommands(), env: {} });
}

const request = { project: 'issue-1', mainWorktree: '/nowhere', worktree: '/nowhere/issue-1', onProgress: () => {} };

describeDatabase('none', async () => ({ database: none(), request: () => request, readOriginal: async () => null }));

describe('no database', () => {
  it('has no branches', async () => {
    await expect(none().createBranch(request)).resolves.toBeNull();
    await expect(none().resetBranch(request)).resolves.toBeNull();
  });
});
