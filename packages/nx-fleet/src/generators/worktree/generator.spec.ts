import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { UserError } from '@nx-fleet/core';
import { worktreeGenerator } from './generator.js';

describe('nx g worktree', () => {
  it('makes nothing that Nx would not know, where the plugin is not registered', async () => {
    await expect(worktreeGenerator(createTreeWithEmptyWorkspace(), { issue: '42' })).rejects.toThrow(
      new UserError('nx-fleet is not set up in this workspace. Run: nx g nx-fleet:init'),
    );
  });
});
