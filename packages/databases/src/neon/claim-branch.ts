import { count, printableLine, UserError, type DatabaseBranchRequest } from '@nx-fleet/core';
import { ownershipOf } from '../ownership.js';
import { branchName } from '../branch-name.js';
import { findByName, requireOurs, requireParentId } from './find-branch.js';
import type { NeonBranch } from './neon-answers.js';
import type { NeonClient } from './neon-client.js';
import type { NeonSettings } from './neon-account.js';
import { NeonFailure } from './neon-failure.js';
import { createPause } from './patience.js';
import { awaitOperations } from './settle-branch.js';

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
