import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { LocalState } from '../manifest/manifest.js';
import type { Settings } from '../settings/settings.js';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';
import { adoptOrCreateBranch } from './adopt-branch.js';
import { claimWorktree, findAllocation, releaseWorktree, settleWorktree, takeClaim } from './claim.js';
import type { WorktreePlan } from './plan-worktree.js';
import { recallClaim } from './recall-claim.js';
import { makeSteps, undoSteps } from './provisioning-steps.js';
import {
  endStrayProcesses,
  listWorktreePorts,
  setUpDigest,
  type DetailSink,
  type WorktreeAdapters,
  type WorktreeWork,
} from './worktree-work.js';

export interface ProvisionRequest {
  readonly plan: WorktreePlan;
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  /** One line per step. */
  readonly onProgress: (line: string) => void;
  readonly onDetail?: DetailSink;
  readonly signal?: AbortSignal;
}

export interface ProvisionedWorktree {
  readonly local: LocalState;
  readonly durationMs: number;
  /** False when it was there already. */
  readonly created: boolean;
}

/**
 * Makes an issue's worktree by the steps of `PROVISIONING`, between a claim and a record. Each step finds what an earlier, interrupted call
 * left. A failure undoes what this call made; a database that cannot be had is not a failure, but is recorded.
 * @throws UserError
 */
export async function provisionWorktree(request: ProvisionRequest, adapters: WorktreeAdapters): Promise<ProvisionedWorktree> {
  const { host } = adapters;
  const startedAt = host.now().getTime();
  await recallClaim({ ...request, manifest: request.plan.manifest, takesOtherPorts: true }, adapters);
  await requireFreePlace(request, adapters);
  const { work, isNew } = await claimWork(request, adapters);
  try {
    await makeSteps(work, adapters);
    await warnOfDirt(work, adapters);
    const local = await record(work, request.plan, adapters);
    return { local, durationMs: host.now().getTime() - startedAt, created: !work.wasReady };
  } catch (error) {
    if (isNew && request.signal?.aborted !== true) {
      request.onProgress('failed: undoing');
      await undoAfter(error, work, adapters);
    }
    throw error;
  }
}

/** Takes back all that was made for a worktree that was never ready, and keeps what somebody has written in it all the same. Finishes an interrupted undoing. */
export async function undoProvisioning(work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  await endStrayProcesses(work, adapters.host);
  if (!work.here) work.found.isClean ??= await adapters.git.isCheckedOut(work.allocation.worktree);
  await undoSteps(work, adapters);
  await adapters.host.state.removeIssue(work.manifest.project);
  await releaseWorktree(work.allocation, adapters.host);
}

async function claimWork(
  { plan, location, settings, onProgress, onDetail, signal }: ProvisionRequest,
  adapters: WorktreeAdapters,
): Promise<{ readonly work: WorktreeWork; readonly isNew: boolean }> {
  const { manifest, here } = plan;
  const { host } = adapters;
  const branch = await adoptOrCreateBranch(plan, location, adapters);
  const { allocation: claimed, wasReady } = await claimWorktree(
    {
      repository: location.commonDirectory,
      project: manifest.project,
      branch: manifest.branch,
      worktree: plan.worktree,
      ownsBranch: branch.owned,
      takesSpare: !here,
      reservedPorts: settings.ports.reserved,
      onProgress,
    },
    host,
  );
  const isThere = wasReady && (await host.pathExists(claimed.worktree));
  const allocation = wasReady && !isThere ? await takeClaim(claimed, 'creating', host) : claimed;
  const local = await host.state.readLocal(manifest.project);
  const work: WorktreeWork = {
    manifest,
    allocation,
    location,
    settings,
    here,
    wasReady: isThere,
    isSetUp: isThere && local?.databaseFailure === undefined,
    branchStart: plan.branchStart,
    expectedTip: plan.branchStart,
    onProgress,
    onDetail,
    signal,
    found: { database: null, databaseFailure: null },
  };
  // A claim that was ready holds someone's work, whatever has become of its state.
  return { work, isNew: !wasReady && local === null };
}

async function record(work: WorktreeWork, { manifest, spec }: WorktreePlan, adapters: WorktreeAdapters): Promise<LocalState> {
  const { host } = adapters;
  const { project } = manifest;
  // A doctor at work beside us may have taken the manifest of an issue that waited for its turn for a forgotten one.
  if ((await host.state.readManifest(project)) === null) await host.state.writeIssue(project, manifest, spec);
  const local = await localState(work, adapters);
  await host.state.writeLocal(project, local);
  await settleWorktree('ready', work.allocation, host);
  return local;
}

async function undoAfter(error: unknown, work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  try {
    await undoProvisioning(work, adapters);
  } catch (undoError) {
    const message = 'Undoing it failed too; run the same command again to continue from there.';
    const cause = new AggregateError([error, undoError], message);
    throw error instanceof UserError ? new UserError(`${error.message}\n${message}`, { cause }) : cause;
  }
}

/** A folder without a claim is someone's: a failure must never undo it. */
async function requireFreePlace({ plan, location }: ProvisionRequest, { host }: WorktreeAdapters): Promise<void> {
  const { project } = plan.manifest;
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  if (plan.here || allocation !== undefined || !(await host.pathExists(plan.worktree))) return;
  throw new UserError(
    `"${plan.worktree}" exists already, and nothing here says that it is the worktree of "${project}". Move it away or remove it (git worktree remove), then run this again.`,
  );
}

async function warnOfDirt({ allocation, onProgress }: WorktreeWork, { git }: WorktreeAdapters): Promise<void> {
  const converted = await git.convertedPaths(allocation.worktree);
  if (converted.length > 0) {
    onProgress(
      `warning: ${count(converted.length, 'file differs', 'files differ')} from the commit right after the checkout, by line ends or a filter ("${printableLine(converted[0] ?? '')}"). Stages leave that out. To fix it on the base: git add --renormalize . && git commit`,
    );
  }
  const [dirty] = await git.dirtyPaths(allocation.worktree);
  if (dirty === undefined) return;
  onProgress(`warning: "${printableLine(dirty)}" is neither committed nor ignored, and no stage will run until it is`);
}

async function localState(work: WorktreeWork, adapters: WorktreeAdapters): Promise<LocalState> {
  const { database, databaseFailure } = work.found;
  const setUp = work.isSetUp
    ? (await adapters.host.state.readLocal(work.manifest.project))?.setUp
    : { of: await setUpDigest(work, adapters), isUnused: true };
  return {
    worktree: work.allocation.worktree,
    ports: listWorktreePorts(work),
    database: database?.description ?? null,
    ...(databaseFailure === null ? {} : { databaseFailure }),
    ...(databaseFailure !== null || setUp === undefined ? {} : { setUp }),
    ...(work.here ? { here: true } : {}),
    ...(work.allocation.ownsBranch ? { ownsBranch: true } : {}),
  };
}
