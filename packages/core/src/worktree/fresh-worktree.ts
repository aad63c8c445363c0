import { UserError } from '../errors/user-error.js';
import type { Allocation } from '../host/registry.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { claimWorktree, findAllocation, requireIdleWorktree, takeClaim } from './claim.js';
import { undoProvisioning } from './provision-worktree.js';
import { makeSteps, MADE_FRESH, SET_UP } from './provisioning-steps.js';
import { ownNxCache, type WorktreeAdapters, type WorktreeWork } from './worktree-work.js';

export interface FreshWorktree {
  /** The issue, with this worktree as its own. */
  readonly issue: StageIssue;
  /** What its commands see besides: a cache of Nx that no writer has filled. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the setup commands. @throws SetupFailure */
  setUp(): Promise<void>;
}

const PREFIX = 'checks-of-';

/** The name under which a fresh worktree claims its folder, ports and database branch. The projects of issues begin with `issue-`. */
function freshProject(project: string): string {
  return `${PREFIX}${project}`;
}

export function isFresh({ project }: Pick<Allocation, 'project'>): boolean {
  return project.startsWith(PREFIX);
}

/**
 * Runs something in a worktree of its own: one commit, with ports, env file and database branch as an issue has them, and removes all of it
 * afterwards. What a killed call left is removed first, or by the doctor.
 * @throws UserError when it cannot be made; then nothing has run
 */
export async function inFreshWorktree<Result>(
  { issue, commit }: { readonly issue: StageIssue; readonly commit: string },
  context: StageContext,
  use: (fresh: FreshWorktree) => Promise<Result>,
): Promise<Result> {
  const location = await context.git.locate();
  const project = freshProject(context.project);
  const place = { manifest: issue.manifest, location, settings: context.provisioning, onProgress: context.onProgress };
  await removeFreshWorktree(place, context);
  const { allocation } = await claimWorktree(
    {
      repository: location.commonDirectory,
      project,
      branch: issue.manifest.branch,
      worktree: `${folderOf(issue.local.worktree)}/${project}`,
      ownsBranch: false,
      takesSpare: false,
      reservedPorts: context.provisioning.ports.reserved,
      onProgress: context.onProgress,
    },
    context.host,
  );
  const { onDetail, signal } = context;
  const work: WorktreeWork = { ...workOf(allocation, place), detachedAt: commit, onDetail, signal };
  try {
    await makeSteps(work, context, MADE_FRESH);
    const { databaseFailure } = work.found;
    if (databaseFailure !== null)
      throw new UserError(`The database for the checks of "${context.project}" was not created (${databaseFailure}).`);
    const { worktree } = allocation;
    return await use({
      issue: { ...issue, local: { ...issue.local, worktree } },
      env: ownNxCache(worktree),
      setUp: () => makeSteps(work, context, SET_UP),
    });
  } finally {
    await discard(work, context);
  }
}

export type FreshPlace = Pick<WorktreeWork, 'manifest' | 'location' | 'settings' | 'onProgress'>;

/** Removes what a killed call of `inFreshWorktree` left for an issue. @throws UserError while another process is at work in it */
export async function removeFreshWorktree(place: FreshPlace, adapters: WorktreeAdapters): Promise<void> {
  const { host } = adapters;
  const claim = { repository: place.location.commonDirectory, project: freshProject(place.manifest.project) };
  const left = findAllocation(await host.registry.read(), claim);
  if (left === undefined) return;
  await requireIdleWorktree(left, host);
  await discard(workOf(await takeClaim(left, 'creating', host), place), adapters);
}

/** Nothing in it is kept: what checks leave there is not work. A signal that has ended the checks does not end this. */
async function discard(work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  const { signal: _, ...uncancelled } = work;
  await undoProvisioning({ ...uncancelled, found: { ...work.found, isClean: false } }, adapters);
}

function workOf(allocation: Allocation, { manifest, ...place }: FreshPlace): WorktreeWork {
  return {
    ...place,
    manifest: { ...manifest, project: allocation.project },
    allocation,
    here: false,
    wasReady: false,
    isSetUp: false,
    branchStart: '',
    expectedTip: null,
    found: { database: null, databaseFailure: null },
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
