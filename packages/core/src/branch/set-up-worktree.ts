import { claimBuild } from './claim-build.js';
import { noteChecks } from './interrupted-checks.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { printableLine } from '../text/printable.js';
import { findAllocation } from '../worktree/claim.js';
import { resetDatabase } from '../worktree/reset-database.js';
import { SetupFailure } from '../worktree/steps/setup-step.js';
import { databaseOwner, installWorktreeDependencies, setUpDigest } from '../worktree/worktree-work.js';

/**
 * Makes sure that dependencies, database and generated files are those of what the branch holds, once the branch has moved: a fresh copy of the
 * database, then the setup commands. What they leave in the worktree when they fail is kept under a ref.
 * @throws UserError when the database does not answer; `SetupFailure` when a setup command fails
 */
export async function followBranch(issue: StageIssue, context: StageContext): Promise<void> {
  if ((await setUpState(issue, context)) !== 'outdated') return;
  await claimBuild(context);
  const setUpEnded = await noteChecks(issue, context);
  let isDone = false;
  try {
    await installWorktreeDependencies(issue, context.provisioning.worktrees.passEnv, context);
    await setUp(issue, { isForUse: false }, context);
    isDone = true;
  } finally {
    await setUpEnded(!isDone);
  }
}

/** The same for a writer or checks, once dependencies are there: besides, no earlier one of them has worked on their database. */
export async function setUpForWork(issue: StageIssue, context: StageContext): Promise<void> {
  const state = await setUpState(issue, context);
  if (state === 'outdated' || state === 'used') return setUp(issue, { isForUse: true }, context);
  const local = await context.host.state.readLocal(context.project);
  if (state === 'unused' && local?.setUp !== undefined) {
    await context.host.state.writeLocal(context.project, { ...local, setUp: { ...local.setUp, isUnused: false } });
  }
}

/** Looks at the database before an app is started that would wait for it. @throws UserError when it does not answer */
export async function requireDatabase({ local }: StageIssue, context: StageContext): Promise<void> {
  const { database, git, host, project, onDetail, signal } = context;
  const location = await git.locate();
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  if (database.type === 'none' || allocation === undefined) return;
  await database.createBranch({
    ...(await databaseOwner(location, host)),
    project,
    generation: allocation.generation,
    worktree: local.worktree,
    onProgress: (line) => onDetail(line, 'step'),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** `none`: there is nothing to set up. */
type SetUpState = 'none' | 'outdated' | 'used' | 'unused';

async function setUpState({ manifest }: StageIssue, context: StageContext): Promise<SetUpState> {
  const { database, host, project, provisioning } = context;
  const { setup, smoke } = provisioning.worktrees;
  const hasDatabase = database.type !== 'none';
  if (!hasDatabase && setup.length === 0 && smoke === undefined) return 'none';
  const known = (await host.state.readLocal(project))?.setUp;
  if (known?.of !== (await setUpDigest({ manifest, settings: provisioning }, context))) return 'outdated';
  return known.isUnused || !hasDatabase ? 'unused' : 'used';
}

async function setUp(issue: StageIssue, { isForUse }: { readonly isForUse: boolean }, context: StageContext): Promise<void> {
  const { git, host, project, provisioning: settings, onProgress, onDetail, signal } = context;
  if (context.database.type !== 'none') onDetail('a fresh copy of the database, for what the branch holds', 'step');
  await resetDatabase({ project, location: await git.locate(), settings, isForUse, onProgress, onDetail, signal }, context);
  const [dirty] = await git.dirtyPaths(issue.local.worktree);
  if (dirty === undefined) return;
  const { setUp: _, ...local } = (await host.state.readLocal(project)) ?? issue.local;
  await host.state.writeLocal(project, local);
  const output = `The setup commands left "${printableLine(dirty)}", which is neither committed nor ignored.`;
  throw new SetupFailure(`${output} Ignore it at the base, or commit it on the branch.`, {
    command: 'setup',
    ended: 'left files behind',
    hasRun: true,
    output,
  });
}
