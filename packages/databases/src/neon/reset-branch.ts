import type { DatabaseBranchRequest } from '@nx-fleet/core';
import { branchName } from '../ownership.js';
import { findByName, findDefaultId, requireOurs, requireParentId } from './claim-branch.js';
import type { ListedBranch } from './neon-answers.js';
import type { NeonClient } from './neon-client.js';
import type { NeonSettings } from './neon-account.js';
import { NeonFailure } from './neon-failure.js';
import { awaitOperations, awaitReady } from './settle-branch.js';

/**
 * Takes the branch back to its parent's current state. A branch of another generation or parent is removed instead:
 * a claim then makes a fresh one. @throws UserError
 */
export async function resetBranch(client: NeonClient, settings: NeonSettings, request: DatabaseBranchRequest): Promise<void> {
  const present = await findByName(client, branchName(request));
  if (present === null) {
    return;
  }
  requireOurs(present, request);
  const sourceId = settings.parent === undefined ? await findDefaultId(client) : await requireParentId(client, settings.parent);
  if (sourceId === null || present.parentId !== sourceId || present.ownership?.generation !== request.generation) {
    request.onProgress(`Removing Neon branch ${present.name}, to make it again`);
    await awaitOperations(client, await client.deleteBranch(present.id));
    return;
  }
  request.onProgress(`Resetting Neon branch ${present.name}`);
  await restore(client, present, sourceId);
}

/** A restore whose outcome is unknown is sent again only when the branch shows nothing of it. */
async function restore(client: NeonClient, before: ListedBranch, sourceId: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await awaitReady(client, before.id);
      return await awaitOperations(client, await client.restoreBranch(before.id, sourceId));
    } catch (error) {
      if (!(error instanceof NeonFailure) || !error.isUnknownOutcome || tries >= client.patience.unansweredTries) {
        throw error;
      }
      await awaitReady(client, before.id);
      const now = await client.getBranch(before.id);
      if (now !== null && now.resetAt !== before.resetAt) {
        return;
      }
    }
  }
}
