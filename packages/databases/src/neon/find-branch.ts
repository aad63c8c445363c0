import { printableLine, UserError } from '@nx-fleet/core';
import { isOwnedBy } from '../ownership.js';
import type { ListedBranch } from './neon-answers.js';
import type { NeonClient } from './neon-client.js';

/** The branch of exactly that name, or null. */
export async function findByName(client: NeonClient, name: string): Promise<ListedBranch | null> {
  const branches = await client.searchBranches(name);
  return branches.find((branch) => branch.name === name) ?? null;
}

/** The id of the branch that the settings name by name or id. @throws UserError */
export async function requireParentId(client: NeonClient, parent: string): Promise<string> {
  const branches = await client.searchBranches(parent);
  const found = branches.find(({ id }) => id === parent) ?? branches.find(({ name }) => name === parent);
  if (found === undefined) {
    throw new UserError(`The Neon project has no branch "${printableLine(parent)}". Set "database.parent" to the name or id of one.`);
  }
  return found.id;
}

/** The project's default branch; null when Neon lists none. */
export async function findDefaultId(client: NeonClient): Promise<string | null> {
  const branches = await client.searchBranches('');
  return branches.find(({ isDefault }) => isDefault)?.id ?? null;
}

/** Whether a branch was made by this clone for this project. */
export function isOurs(branch: ListedBranch, owner: { readonly clone: string; readonly project: string }): boolean {
  return !branch.isDefault && isOwnedBy(branch.ownership, owner);
}

/** @throws UserError when a branch was not made by this clone for this project */
export function requireOurs(branch: ListedBranch, owner: { readonly clone: string; readonly project: string }): void {
  if (!isOurs(branch, owner)) {
    throw new UserError(
      `Neon branch "${printableLine(branch.name)}" (${branch.id}) exists, and was not made for this worktree. Rename or remove it in the Neon console, and run this again.`,
    );
  }
}
