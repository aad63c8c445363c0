export { createAdapters, type Adapters } from './adapters.js';
export { initGenerator } from './generators/init/generator.js';
export { worktreeGenerator } from './generators/worktree/generator.js';
export { removeWorktreeGenerator } from './generators/remove-worktree/generator.js';
export type { SettingsInput } from '@nx-fleet/core';
