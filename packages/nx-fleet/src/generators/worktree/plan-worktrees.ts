import {
  adoptOrCreateBranch,
  type Git,
  isCi,
  type Issue,
  issueId,
  issueProject,
  type Manifest,
  planWorktree,
  printableLine,
  readManifests,
  type RepositoryLocation,
  assertAcyclic,
  type Settings,
  UserError,
  type WorktreePlan,
} from '@nx-fleet/core';
import { decideBranch, resolveBase } from './decide-branch.js';
import { findIssue } from './find-issue.js';
import type { NormalizedWorktreeOptions } from './normalize-options.js';
import { type Adapters, worktreesDirectory } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import { log } from '../../report/log.js';
import { projectNamed } from '../project-named.js';

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
  const here = request.here ? await requireThrowAwayCheckout(location, adapters) : undefined;
  const found = await Promise.all(request.references.map((reference) => findIssue(reference, settings, adapters)));
  const issues = found.map(({ issue }) => issue);
  requireDistinct(issues);
  const { valid: existing, faults } = await readManifests(host.state);
  for (const fault of faults.values()) log.warn(fault);
  const base = await resolveBase({ ...request, manifests: [...existing.values()] }, git);
  const known = new Set([...existing.keys(), ...faults.keys(), ...issues.map((issue) => issueProject(issueId(issue.reference)))]);
  const plans: WorktreePlan[] = [];
  for (const { issue, tracker, pullRequest } of found) {
    const present = existing.get(issueProject(issueId(issue.reference)));
    requireSameBase(request.base, base, present);
    const { branch, adopt } = request;
    if (adopt) requireAdoptable(issue, present, branch);
    const question = { branch, base, isBaseGiven: request.base !== undefined, pullRequest, existing: present, here };
    const decided = await decideBranch(question, git);
    sayWhatBranchDoes(request, present);
    plans.push(
      planWorktree({
        issue,
        tracker,
        again: request.again,
        adopt,
        ...decided,
        baseTree: (await git.resolveTree(decided.base)) ?? undefined,
        here,
        blockedBy: blockersOf(issue, request.after, known),
        worktreesDirectory: worktreesDirectory(location.mainWorktree, settings),
        existing: present ?? null,
      }),
    );
  }
  const blockedBy = new Map([...existing].map(([project, manifest]) => [project, manifest.blockedBy]));
  for (const { manifest } of plans) blockedBy.set(manifest.project, manifest.blockedBy);
  assertAcyclic(blockedBy);
  await Promise.all(
    plans.map(async (plan) => {
      await adoptOrCreateBranch(plan, location, adapters);
      if (!existing.has(plan.manifest.project)) await requireStartsFrom(plan, git);
      if (!plan.here) await requireFreePath(plan, adapters);
    }),
  );
  return { plans, location };
}

function requireSameBase(given: string | undefined, base: string, existing: Manifest | undefined): void {
  if (given === undefined || existing === undefined || existing.base === base) return;
  throw new UserError(
    `"${existing.project}" starts from ${existing.base.slice(0, 8)} already, and --base="${printableLine(given)}" is ${base.slice(0, 8)}. Leave it out, or remove its worktree first.`,
  );
}

/** A new issue adopts the branch that it names; without a name it gets one of its own. */
function requireAdoptable({ reference }: Issue, existing: Manifest | undefined, branch: string | undefined): void {
  if (existing !== undefined || branch !== undefined) return;
  throw new UserError(
    `--adopt takes the branch of an issue that has a worktree, and "${printableLine(reference)}" has none. Name the branch that holds the work: --branch=<name>`,
  );
}

function sayWhatBranchDoes({ branch, adopt }: PlanRequest, existing: Manifest | undefined): void {
  if (branch === undefined || existing === undefined || existing.adopted === true || adopt) return;
  log.warn(
    `"${existing.project}" is on "${existing.branch}" already: --branch changes nothing. To have the branch checked and reviewed as it is, without a build: nx g worktree --issue=${existing.tracker.reference} --adopt`,
  );
}

/** A branch of nx-fleet whose manifest was removed by hand: another base than it started from would make all of its stages others. */
async function requireStartsFrom({ manifest }: WorktreePlan, git: Git): Promise<void> {
  const { branch, base } = manifest;
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip === null || (await git.isAncestor(base, tip))) return;
  if (await git.isShallow()) {
    throw new UserError(
      `Where "${printableLine(branch)}" starts is not known: this is a shallow clone. Fetch the whole history: git fetch --unshallow; in a pipeline "fetch-depth: 0" for actions/checkout, or GIT_DEPTH: 0 in GitLab.`,
    );
  }
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

/** Env file, branch and files of a checkout that is used as it is are written over: in one that someone works in, that would be theirs. */
async function requireThrowAwayCheckout({ mainWorktree }: RepositoryLocation, { git, host }: Adapters): Promise<string> {
  if (!isCi(host.env)) {
    throw new UserError(
      `--here takes over the checkout "${mainWorktree}", its .env.local included. It is for throw-away ones: set CI=true if this is one.`,
    );
  }
  const [dirty] = await git.dirtyPaths(mainWorktree);
  if (dirty === undefined) return mainWorktree;
  throw new UserError(`"${mainWorktree}" has uncommitted changes ("${printableLine(dirty)}"). Commit or remove them first.`);
}

function requireDistinct(issues: readonly Issue[]): void {
  const seen = new Map<string, string>();
  for (const { reference } of issues) {
    const project = issueProject(issueId(reference));
    const other = seen.get(project);
    if (other !== undefined) {
      const isSameToTheEye = other.normalize() === reference.normalize();
      throw new UserError(
        `"${printableLine(other)}" and "${printableLine(reference)}" would both be "${project}"${isSameToTheEye ? '; their names differ only in how accents are stored' : ''}. Rename one of the issues, or give a file another "id:" in its front matter.`,
      );
    }
    seen.set(project, reference);
  }
}

function blockersOf(issue: Issue, after: readonly string[] | null, known: ReadonlySet<string>): readonly string[] {
  const self = issueProject(issueId(issue.reference));
  if (after === null) {
    for (const line of issue.unreadBlockers ?? []) {
      log.warn(`${self}: cannot read a blocker from "${printableLine(line, 80)}". Name it as in "Blocked by #41", or use --after.`);
    }
  }
  const blockers = (after ?? issue.blockedBy)
    .map((reference) => projectNamed(issueProject(issueId(reference)), [...known]))
    .filter((blocker) => blocker !== self);
  const unknown = blockers.filter((blocker) => !known.has(blocker));
  const [first] = unknown;
  if (first === undefined) return blockers;
  if (after !== null)
    throw new UserError(
      `--after names "${first}", which has no worktree. Make it first, or in the same command: nx g worktree --issue=${first.slice('issue-'.length)},…`,
    );
  log.warn(`${self} is blocked by ${unknown.join(', ')} in the tracker, which has no worktree here: it starts from the base without it.`);
  return blockers.filter((blocker) => known.has(blocker));
}
