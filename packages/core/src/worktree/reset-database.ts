import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Settings } from '../settings/settings.js';
import { findAllocation, requireNobodyAtWork, takeClaim } from './claim.js';
import { environmentStep } from './steps/environment-step.js';
import { setupStep, smokeStep } from './steps/setup-step.js';
import { databaseRequest, type WorktreeAdapters, type WorktreeWork } from './worktree-work.js';

export interface ResetRequest {
  readonly project: string;
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  readonly onProgress: (line: string) => void;
}

/**
 * Gives a worktree a fresh copy of the database in place of the present one, or the one that it could not have before.
 * @returns its description, or null when no database is configured
 * @throws UserError when there is no such worktree, another process is at work on it, or the database does not answer
 */
export async function resetDatabase(request: ResetRequest, adapters: WorktreeAdapters): Promise<string | null> {
  const { project, location, settings, onProgress } = request;
  const { host, database } = adapters;
  const manifest = await host.state.readManifest(project);
  const local = await host.state.readLocal(project);
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  const isReady = allocation?.state === 'ready' && (await host.pathExists(allocation.worktree));
  if (manifest === null || local === null || !isReady) {
    throw new UserError(`"${project}" has no worktree that is ready. Make it: nx g worktree --issue=${project.replace(/^issue-/, '')}`);
  }
  await requireNobodyAtWork(allocation, host);
  // A removal that came between would leave a database and a record that nobody looks for any more.
  const taken = await takeClaim(allocation, 'ready', host);
  const work: WorktreeWork = {
    manifest,
    allocation: taken,
    location,
    settings,
    here: local.here === true,
    wasReady: true,
    isSetUp: local.databaseFailure === undefined,
    branchStart: manifest.base,
    expectedTip: null,
    onProgress,
    found: { database: null, databaseFailure: null },
  };
  work.found.database = await database.resetBranch(await databaseRequest(work, host));
  await environmentStep.make(work, adapters);
  for (const step of [setupStep, smokeStep]) await step.make(work, adapters);
  const description = work.found.database?.description ?? null;
  const { databaseFailure: _, ...rest } = local;
  await host.state.writeLocal(project, { ...rest, database: description });
  return description;
}
