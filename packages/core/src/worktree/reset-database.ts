import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import { findAllocation, requireIdleWorktree, takeClaim } from './claim.js';
import { environmentStep } from './steps/environment-step.js';
import { setupStep, smokeStep } from './steps/setup-step.js';
import {
  databaseRequest,
  setUpDigest,
  type DetailSink,
  type ProvisioningSettings,
  type WorktreeAdapters,
  type WorktreeWork,
} from './worktree-work.js';

export interface ResetRequest {
  readonly project: string;
  readonly location: RepositoryLocation;
  readonly settings: ProvisioningSettings;
  /** Whether a writer or checks work on the copy at once, so that the next of them needs another. @default false */
  readonly isForUse?: boolean;
  readonly onProgress: (line: string) => void;
  readonly onDetail?: DetailSink;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives a worktree a fresh copy of the database, or the one that could not be made before, and runs the setup commands on it: both are then of
 * what the branch holds.
 * @returns its description, or null when no database is configured
 * @throws UserError when there is no such worktree, another process is at work on it, or the database does not answer
 * @throws SetupFailure when a setup command fails
 */
export async function resetDatabase(request: ResetRequest, adapters: WorktreeAdapters): Promise<string | null> {
  const { project, location, settings, isForUse = false, onProgress, onDetail, signal } = request;
  const { host, database } = adapters;
  const manifest = await host.state.readManifest(project);
  const local = await host.state.readLocal(project);
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  const isReady = allocation?.state === 'ready' && (await host.pathExists(allocation.worktree));
  if (manifest === null || local === null || !isReady) {
    throw new UserError(`"${project}" has no worktree that is ready. Make it: nx g worktree --issue=${project.replace(/^issue-/, '')}`);
  }
  await requireIdleWorktree(allocation, host);
  // A removal that came between would leave a database and a record that nothing removes any more.
  const taken = await takeClaim(allocation, 'ready', host);
  const here = local.here === true;
  const work: WorktreeWork = {
    manifest,
    allocation: taken,
    location,
    settings,
    here,
    wasReady: true,
    isSetUp: false,
    branchStart: manifest.base,
    expectedTip: null,
    onProgress,
    onDetail,
    signal,
    found: { database: null, databaseFailure: null },
  };
  const { setUp: _, ...unset } = local;
  await host.state.writeLocal(project, unset);
  const branch = await databaseRequest(work, host);
  // The database of a checkout that was there before us is not ours to replace.
  work.found.database = await (here ? database.createBranch(branch) : database.resetBranch(branch));
  await environmentStep.make(work, adapters);
  const { databaseFailure } = work.found;
  if (databaseFailure !== null) {
    await host.state.writeLocal(project, { ...unset, databaseFailure });
    throw new UserError(databaseFailure);
  }
  for (const step of [setupStep, smokeStep]) await step.make(work, adapters);
  const description = work.found.database?.description ?? null;
  const { databaseFailure: __, ...rest } = unset;
  const setUp = { of: await setUpDigest(work, adapters), isUnused: !isForUse };
  await host.state.writeLocal(project, { ...rest, database: description, setUp });
  return description;
}
