import { type Database, type DatabaseBranch, type DatabaseBranchRequest, printableLine } from '@nx-fleet/core';
import { awaitConnection, fetchUrls } from './branch-connection.js';
import { claimBranch, expiryOf, findByName, isOurs } from './claim-branch.js';
import { type NeonSettings, requireAccount } from './neon-account.js';
import { PATIENCE, type Patience } from './neon-call.js';
import { createNeonClient, type NeonClient } from './neon-client.js';
import { explainFailure, NeonFailure } from './neon-failure.js';
import { resetBranch } from './reset-branch.js';
import { awaitOperations, awaitReady } from './settle-branch.js';
import type { DatabaseContext } from '../create-database.js';
import { branchName, type DatabaseRemoval, isRemovable } from '../ownership.js';

/** Branches of a Neon project, each with a compute endpoint of its own. */
export function createNeonDatabase(settings: NeonSettings, context: DatabaseContext, patience: Patience = PATIENCE): Database {
  const withClient = async <T>(signal: AbortSignal | undefined, act: (client: NeonClient) => Promise<T>): Promise<T> => {
    const account = requireAccount(settings, context.env);
    try {
      return await act(await createNeonClient(account, { patience, signal }));
    } catch (error) {
      throw error instanceof NeonFailure ? explainFailure(error, account) : error;
    }
  };
  return {
    type: 'neon',
    listsAll: true,
    variables: [settings.variable, settings.directVariable],
    createBranch: (request) => withClient(request.signal, (client) => provideBranch(client, settings, request)),
    resetBranch: (request) =>
      withClient(request.signal, async (client) => {
        await resetBranch(client, settings, request);
        return provideBranch(client, settings, request);
      }),
    removeBranch: (request) => withClient(request.signal, (client) => removeBranch(client, request)),
    listBranches: ({ clone }) =>
      withClient(undefined, async (client) => {
        const branches = await client.searchBranches(clone);
        return branches.flatMap(({ name, ownership }) =>
          ownership?.clone === clone ? [{ project: ownership.project, generation: ownership.generation, name: printableLine(name) }] : [],
        );
      }),
    refreshSource: async () => null,
  };
}

async function provideBranch(client: NeonClient, settings: NeonSettings, request: DatabaseBranchRequest): Promise<DatabaseBranch> {
  const { branch, isAdopted } = await claimBranch(client, settings, request);
  await awaitReady(client, branch.id);
  if (isAdopted) {
    await renew(client, { branchId: branch.id, expiresAt: expiryOf(settings), onProgress: request.onProgress });
  }
  const { pooled, direct } = await fetchUrls(client, settings, branch.id);
  await awaitConnection(direct, client);
  request.onProgress(`Neon branch ${branch.name} is ready`);
  return { description: `neon ${branch.name}`, variables: { [settings.variable]: pooled, [settings.directVariable]: direct } };
}

interface Renewal {
  readonly branchId: string;
  readonly expiresAt: string;
  readonly onProgress: (line: string) => void;
}

/** Branches that somebody protected, or branched from, cannot expire: they are as good without. */
async function renew(client: NeonClient, { branchId, expiresAt, onProgress }: Renewal): Promise<void> {
  try {
    await client.setExpiry(branchId, expiresAt);
  } catch (error) {
    const isRefused = error instanceof NeonFailure && error.status !== null && [400, 409, 422].includes(error.status);
    if (!isRefused) {
      throw error;
    }
    onProgress(`The expiry of Neon branch ${branchId} stays as it is: ${error.message}`);
  }
}

async function removeBranch(client: NeonClient, request: DatabaseRemoval): Promise<void> {
  const present = await findByName(client, branchName(request));
  if (present === null) {
    return;
  }
  if (!isOurs(present, request)) {
    request.onProgress(`Neon branch ${printableLine(present.name)} was not made for this worktree: it stays`);
    return;
  }
  if (!isRemovable(present.ownership, request)) {
    return;
  }
  request.onProgress(`Removing Neon branch ${present.name}`);
  await awaitOperations(client, await client.deleteBranch(present.id));
}
