import {
  adoptOrCreateBranch,
  issueId,
  issueProject,
  planWorktree,
  printableLine,
  requireNoCircle,
  UserError,
  type Git,
  type Issue,
  type Manifest,
  type RepositoryLocation,
  type Settings,
  type StateStore,
  type WorktreePlan,
} from '@nx-fleet/core';
import { logger } from '@nx/devkit';
import { worktreesDirectory, type Adapters } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import type { NormalizedWorktreeOptions } from './normalize-options.js';
import { resolveBase } from './resolve-base.js';

export interface PlanRequest extends NormalizedWorktreeOptions {
  readonly workspaceRoot: string;
  /** `defaultBase` of nx.json. */
  readonly defaultBase: string | undefined;
}

export interface WorktreePlans {
  readonly plans: readonly WorktreePlan[];
  readonly location: RepositoryLocation;
}

/** Fetches the issues and plans a worktree for each, without changing anything. @throws UserError */
export async function planWorktrees(request: PlanRequest, settings: Settings, adapters: Adapters): Promise<WorktreePlans> {
  const { git, host } = adapters;
  await requireMainWorktree(request.workspaceRoot, adapters);
  const location = await git.locate();
  const found = await Promise.all(request.references.map((reference) => fetchOpenIssue(reference, settings, adapters)));
  const issues = found.map(({ issue }) => issue);
  requireDistinct(issues);
  const existing = await readManifests(host.state);
  const base = await resolveBase({ ...request, manifests: [...existing.values()] }, git);
  const known = new Set([...existing.keys(), ...issues.map((issue) => issueProject(issueId(issue.reference)))]);
  const plans = found.map(({ issue, tracker }) => {
    requireSameBase(request.base, base, existing.get(issueProject(issueId(issue.reference))));
    const project = issueProject(issueId(issue.reference));
    return planWorktree({
      issue,
      tracker,
      again: request.again,
      base,
      branch: request.branch,
      blockedBy: blockersOf(issue, request.after, known),
      worktreesDirectory: worktreesDirectory(location.mainWorktree, settings),
      existing: existing.get(project) ?? null,
    });
  });
  const blockedBy = new Map([...existing].map(([project, manifest]) => [project, manifest.blockedBy]));
  for (const { manifest } of plans) blockedBy.set(manifest.project, manifest.blockedBy);
  requireNoCircle(blockedBy);
  for (const plan of plans) {
    await adoptOrCreateBranch(plan, location, adapters);
    if (!existing.has(plan.manifest.project)) await requireStartsFrom(plan, git);
    await requireFreePath(plan, adapters);
  }
  return { plans, location };
}

function requireSameBase(given: string | undefined, base: string, existing: Manifest | undefined): void {
  if (given === undefined || existing === undefined || existing.base === base) return;
  throw new UserError(
    `"${existing.project}" starts from ${existing.base.slice(0, 8)} already, and --base="${printableLine(given)}" is ${base.slice(0, 8)}. Leave it out, or remove its worktree first.`,
  );
}

/** A branch of ours whose manifest was removed by hand: another base than it started from would make all of its stages others. */
async function requireStartsFrom({ manifest }: WorktreePlan, git: Git): Promise<void> {
  const { branch, base } = manifest;
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip === null || (await git.isAncestor(base, tip))) return;
  throw new UserError(
    `Branch "${branch}" does not start from ${base.slice(0, 8)}. Say where it starts: --base=$(git merge-base ${base.slice(0, 12)} ${branch})`,
  );
}

async function requireFreePath({ worktree, manifest }: WorktreePlan, { git, host }: Adapters): Promise<void> {
  const isOurs = (await git.listWorktrees()).some((entry) => entry.path === worktree && entry.branch === manifest.branch);
  if (isOurs || !(await host.pathExists(worktree))) return;
  if ((await host.registry.read()).some((allocation) => allocation.worktree === worktree)) return;
  throw new UserError(
    `"${worktree}" exists already and is not the worktree of "${manifest.project}". Move it away, or set another "worktrees.directory".`,
  );
}

interface FoundIssue {
  readonly issue: Issue;
  readonly tracker: { readonly type: string; readonly reference: string };
}

/** A file is its own tracker, whatever is configured, and keeps the name that it was given by. */
async function fetchOpenIssue(given: string, settings: Settings, { tracker, markdown }: Adapters): Promise<FoundIssue> {
  const isFile = /\.md$/i.test(given);
  const issue = await (isFile ? await markdown() : await tracker()).fetchIssue(given);
  const type = isFile ? 'markdown' : settings.tracker.type;
  if (issue.state === 'open')
    return { issue, tracker: { type, reference: isFile && type !== settings.tracker.type ? given : issue.reference } };
  throw new UserError(`Issue "${printableLine(issue.reference)}" is closed. Reopen it if there is work left.`);
}

function requireDistinct(issues: readonly Issue[]): void {
  const seen = new Map<string, string>();
  for (const { reference } of issues) {
    const project = issueProject(issueId(reference));
    const other = seen.get(project);
    if (other !== undefined)
      throw new UserError(
        `"${printableLine(other)}" and "${printableLine(reference)}" would both be "${project}". Make one at a time, or rename one.`,
      );
    seen.set(project, reference);
  }
}

async function readManifests(state: StateStore): Promise<ReadonlyMap<string, Manifest>> {
  const manifests = new Map<string, Manifest>();
  for (const project of await state.listProjects()) {
    const manifest = await state.readManifest(project);
    if (manifest !== null) manifests.set(project, manifest);
  }
  return manifests;
}

function blockersOf(issue: Issue, after: readonly string[] | null, known: ReadonlySet<string>): readonly string[] {
  const self = issueProject(issueId(issue.reference));
  const blockers = (after ?? issue.blockedBy).map((reference) => issueProject(issueId(reference))).filter((blocker) => blocker !== self);
  const unknown = blockers.filter((blocker) => !known.has(blocker));
  const [first] = unknown;
  if (first === undefined) return blockers;
  if (after !== null)
    throw new UserError(
      `--after names "${first}", which has no worktree. Make it first, or in the same command: nx g worktree --issue=${first.slice('issue-'.length)},…`,
    );
  logger.warn(
    `${self} is blocked by ${unknown.join(', ')} in the tracker, which has no worktree here: it starts from the base without it.`,
  );
  return blockers.filter((blocker) => known.has(blocker));
}
