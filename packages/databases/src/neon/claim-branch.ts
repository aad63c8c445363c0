import { count, type DatabaseBranchRequest, printableLine, UserError } from '@nx-fleet/core';
import type { NeonSettings } from './neon-account.js';
import type { ListedBranch, NeonBranch } from './neon-answers.js';
import { createPause } from './neon-call.js';
import type { NeonClient } from './neon-client.js';
import { NeonFailure } from './neon-failure.js';
import { awaitOperations } from './settle-branch.js';
import { branchName, isOwnedBy, ownershipOf } from '../ownership.js';

const DAY_MS = 86_400_000;
/** Neon takes at most 30 days by its own clock. */
const LONGEST_MS = 30 * DAY_MS - 600_000;

interface ClaimedBranch {
  readonly branch: NeonBranch;
  /** Whether it was there before. */
  readonly isAdopted: boolean;
}

/**
 * The request's branch: the one that is there, or a new one in place of what an earlier generation has left.
 * Names are unique in a project. So a creation whose outcome is unknown is looked up by name before it is sent again. @throws UserError
 */
export async function claimBranch(client: NeonClient, settings: NeonSettings, request: DatabaseBranchRequest): Promise<ClaimedBranch> {
  const { patience, signal } = client;
  const name = branchName(request);
  const pause = createPause({ firstMs: patience.firstPauseMs, longestMs: patience.longestPollMs, limitMs: patience.busyMs, signal });
  for (let tries = 1; ; tries += 1) {
    const present = await findByName(client, name);
    if (present !== null) {
      requireOurs(present, request);
      if (present.ownership?.generation === request.generation) {
        return { branch: present, isAdopted: true };
      }
      request.onProgress(`Removing Neon branch ${name}, left by an earlier worktree`);
      await awaitOperations(client, await client.deleteBranch(present.id));
    }
    const outcome = await createBranch(client, settings, request);
    if (!(outcome instanceof NeonFailure)) {
      return { branch: outcome, isAdopted: false };
    }
    if (tries >= patience.unansweredTries || !(await pause(outcome.retryAfterMs))) {
      throw outcome;
    }
  }
}

/** When a branch that is used now expires, in whole seconds. */
export function expiryOf(settings: NeonSettings): string {
  const lifeMs = Math.min(settings.expiresInDays * DAY_MS, LONGEST_MS);
  return new Date(Date.now() + lifeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The new branch; or the failure when there may be one of that name, of nx-fleet or not. */
async function createBranch(client: NeonClient, settings: NeonSettings, request: DatabaseBranchRequest): Promise<NeonBranch | NeonFailure> {
  const name = branchName(request);
  const parentId = settings.parent === undefined ? null : await requireParentId(client, settings.parent);
  await warnOfLimit(client, request);
  request.onProgress(`Creating Neon branch ${name}`);
  try {
    const made = await client.createBranch({ name, parentId, expiresAt: expiryOf(settings), ownership: ownershipOf(request) });
    await awaitOperations(client, made.operations);
    return made.branch;
  } catch (error) {
    if (error instanceof NeonFailure && (error.status === 409 || error.isUnknownOutcome)) {
      return error;
    }
    throw error instanceof NeonFailure && error.status === 422 ? await explainLimit(client, request, error) : error;
  }
}

async function warnOfLimit(client: NeonClient, request: DatabaseBranchRequest): Promise<void> {
  const [branches, limit] = await Promise.all([client.countBranches(), client.getBranchLimit()]);
  if (limit !== null && limit > 0 && branches >= limit) {
    request.onProgress(`The Neon project has ${count(branches, 'branch')}, of ${limit} that its plan includes`);
  }
}

/** Neon has one status for all that it cannot process: the count tells whether it is the plan's limit. */
async function explainLimit(client: NeonClient, { clone }: DatabaseBranchRequest, failure: NeonFailure): Promise<Error> {
  const [branches, limit, ours] = await Promise.all([client.countBranches(), client.getBranchLimit(), client.searchBranches(clone)]);
  if (limit !== null && limit > 0 && branches < limit) {
    return failure;
  }
  const owned = ours.filter(({ ownership }) => ownership?.clone === clone).length;
  return new UserError(
    `${printableLine(failure.message, 300)}. The project has ${count(branches, 'branch')}${limit === null || limit === 0 ? '' : ` of ${limit}`}, ${owned} of them made here. Remove worktrees or branches that are not needed, or choose a larger plan; then run this again.`,
    { cause: failure },
  );
}

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
