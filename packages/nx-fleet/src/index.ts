import type { GeneratorCallback, Tree } from '@nx/devkit';
import { initGenerator as init } from './generators/init/generator.js';
import type { InitGeneratorSchema } from './generators/init/schema.js';
import { removeWorktreeGenerator as removeWorktree } from './generators/remove-worktree/generator.js';
import type { RemoveWorktreeGeneratorSchema } from './generators/remove-worktree/schema.js';
import { worktreeGenerator as worktree } from './generators/worktree/generator.js';
import type { WorktreeGeneratorSchema } from './generators/worktree/schema.js';

/** For generators of others that call ours. */
type Generator<Options, Result = void> = (tree: Tree, options: Options) => Promise<Result>;

export const initGenerator: Generator<InitGeneratorSchema> = init;
export const worktreeGenerator: Generator<WorktreeGeneratorSchema, GeneratorCallback> = worktree;
export const removeWorktreeGenerator: Generator<RemoveWorktreeGeneratorSchema, GeneratorCallback> = removeWorktree;
