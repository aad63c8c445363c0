import { branchOfOtherType } from '../worktree/steps/database-step.js';
import { UserError } from '../errors/user-error.js';
import type { Allocation } from '../host/registry.js';
import type { Manifest } from '../manifest/manifest.js';
import { printableLine } from '../text/printable.js';
import { takeClaim } from '../worktree/claim.js';
import { isFresh } from '../worktree/fresh-worktree.js';
import { planRemoval } from '../worktree/plan-removal.js';
import { provisionWorktree, undoProvisioning } from '../worktree/provision-worktree.js';
import { removeWorktree } from '../worktree/remove-worktree.js';
import { endStrayProcesses, type WorktreeWork } from '../worktree/worktree-work.js';
import type { Problem, ExamineContext } from './examine-fleet.js';

/** Claims on names and ports whose process has ended before they were settled, or whose worktree is gone. */
export async function examineClaims(context: ExamineContext): Promise<readonly Problem[]> {
  const { location, adapters } = context;
  const { host } = adapters;
  const problems: Problem[] = [];
  for (const allocation of await host.registry.read()) {
    if (allocation.repository !== location.commonDirectory) continue;
    const { owner, state } = allocation;
    const isBusy = state !== 'ready' && owner !== null && (await host.registry.isAlive(owner));
    const problem = isBusy ? null : await examineClaim(allocation, context).catch((error: unknown) => unreadable(allocation, error));
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** State that cannot be read is one row, whatever is wrong with it. */
function unreadable({ project: subject }: Allocation, error: unknown): Problem {
  if (error instanceof UserError) return { subject, reason: error.message, remedy: 'advise' };
  throw error;
}

async function examineClaim(allocation: Allocation, context: ExamineContext): Promise<Problem | null> {
  const { host } = context.adapters;
  const { project: subject, state, worktree } = allocation;
  const manifest = await host.state.readManifest(subject);
  const wasReady = (await host.state.readLocal(subject)) !== null;
  if (state === 'removing') {
    const reason = 'its removal was interrupted';
    return { subject, reason, remedy: 'finish', repair: () => finishRemoval(allocation, manifest, context) };
  }
  if (state === 'creating' && !(wasReady && manifest !== null)) {
    const reason = isFresh(allocation) ? 'its checks were interrupted' : 'its creation was interrupted';
    return { subject, reason, remedy: 'undo', repair: () => undoMaking(allocation, manifest, context) };
  }
  if (manifest === null) {
    const reason = `its manifest is missing, but its worktree "${worktree}" exists. To restore the manifest: nx g worktree --issue=${subject.replace(/^issue-/, '')}`;
    if (await host.pathExists(worktree)) return { subject, reason, remedy: 'advise' };
    return { subject, reason: 'its manifest and its worktree are gone', remedy: 'release', repair: () => release(allocation, context) };
  }
  if (state === 'creating') {
    const reason = 'recreating its worktree was interrupted';
    return { subject, reason, remedy: 'finish', repair: () => finishWorktree(allocation, manifest, context) };
  }
  const again = `nx g worktree --issue=${manifest.tracker.reference}`;
  if (!(await host.pathExists(worktree))) {
    return { subject, reason: `its worktree "${worktree}" is gone. Make it again: ${again}`, remedy: 'advise' };
  }
  const other = branchOfOtherType(await host.state.readLocal(subject), context.adapters.database);
  if (other !== null) return { subject, reason: `its database branch ${other}`, remedy: 'advise' };
  const failure = (await host.state.readLocal(subject))?.databaseFailure;
  if (failure === undefined) return null;
  return { subject, reason: `its database was not created (${failure}). Once that is fixed: ${again}`, remedy: 'advise' };
}

/** Anyone who has taken the claim over since it was looked at is at work on it now. */
async function undoMaking(allocation: Allocation, manifest: Manifest | null, context: ExamineContext): Promise<void> {
  const { adapters } = context;
  const taken = await takeClaim(allocation, allocation.state, adapters.host);
  await undoProvisioning(workOf(taken, manifest, context), adapters);
}

/** Everything that the claim covers goes; the branch only if the default branch has all that is on it. */
async function release(allocation: Allocation, context: ExamineContext): Promise<void> {
  const { git, host } = context.adapters;
  const taken = await takeClaim(allocation, allocation.state, host);
  const tip = await git.readRef(`refs/heads/${allocation.branch}`);
  const into = await git.defaultBranch([allocation.branch]);
  const isNeeded = tip === null || into === null || !(await git.isAncestor(tip, into));
  await undoProvisioning({ ...workOf(taken, null, context), expectedTip: isNeeded ? null : tip }, context.adapters);
}

async function finishWorktree(allocation: Allocation, manifest: Manifest, context: ExamineContext): Promise<void> {
  const { location, settings, adapters, onProgress } = context;
  const { host } = adapters;
  await takeClaim(allocation, 'creating', host);
  const local = await host.state.readLocal(manifest.project);
  const spec = (await host.state.readSpec(manifest.project)) ?? '';
  const plan = { manifest, spec, branchStart: manifest.base, worktree: local?.worktree ?? '', here: local?.here === true };
  await provisionWorktree({ plan, location, settings, onProgress }, adapters);
}

async function finishRemoval(allocation: Allocation, manifest: Manifest | null, context: ExamineContext): Promise<void> {
  const { adapters, location, settings, onProgress } = context;
  if (manifest === null) {
    await undoMaking(allocation, null, context);
    return;
  }
  await requireNobodyInside(allocation, context);
  await takeClaim(allocation, 'removing', adapters.host);
  const request = { project: allocation.project, location, settings, force: true, onProgress };
  await removeWorktree(await planRemoval(request, adapters), request, adapters);
}

/** Anyone who began the removal looked, but that may be long ago. @throws UserError */
async function requireNobodyInside({ worktree }: Allocation, { location, adapters: { host } }: ExamineContext): Promise<void> {
  await endStrayProcesses({ allocation: { worktree }, location }, host);
  const [process] = await host.processesIn(worktree);
  if (process === undefined) return;
  throw new UserError(`Process ${process.pid} (${printableLine(process.name)}) works in "${worktree}". End it, then run this again.`);
}

/** Undoing needs no more of a manifest than names; without one the base is unknown, and the branch stays. */
function workOf(allocation: Allocation, manifest: Manifest | null, { location, settings, onProgress }: ExamineContext): WorktreeWork {
  const { project, branch } = allocation;
  const tracker = { type: 'markdown', reference: project, url: null };
  const unknown: Manifest = { version: 1, project, title: project, branch, base: '', round: 1, blockedBy: [], tracker };
  return {
    manifest: manifest ?? unknown,
    allocation,
    location,
    settings,
    here: allocation.worktree === location.mainWorktree,
    wasReady: false,
    isSetUp: false,
    branchStart: '',
    expectedTip: manifest?.base ?? null,
    onProgress,
    found: { database: null, databaseFailure: null, ...(isFresh(allocation) ? { isClean: false } : {}) },
  };
}
