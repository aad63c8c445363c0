import type { OwnedDatabaseBranch } from '../database/database.js';
import { UserError } from '../errors/user-error.js';
import { findAllocation } from '../worktree/claim.js';
import { databaseOwner } from '../worktree/worktree-work.js';
import type { Problem, ExamineContext } from './examine-fleet.js';

/** Database branches of this clone that no worktree uses, or that an earlier worktree of the same issue left. */
export async function examineDatabases(context: ExamineContext): Promise<readonly Problem[]> {
  const { host, database } = context.adapters;
  const problems: Problem[] = [];
  const branches = await database.listBranches(await databaseOwner(context.location, host)).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (branches instanceof UserError) return [{ subject: `${database.type} database`, reason: branches.message, remedy: 'advise' }];
  for (const branch of branches) {
    const problem = await examineDatabase(branch, context);
    if (problem !== null) problems.push(problem);
  }
  return [...problems, ...(await missingDatabases(branches, context))];
}

/** Worktrees whose database branch is gone: expired, or dropped by someone. What was in it is lost; only the user can say whether a fresh copy will do. */
async function missingDatabases(
  branches: readonly OwnedDatabaseBranch[],
  { location, adapters }: ExamineContext,
): Promise<readonly Problem[]> {
  const { host, database } = adapters;
  if (!database.listsAll) return [];
  const present = new Set(branches.map(({ project }) => project));
  const problems: Problem[] = [];
  for (const { repository, project, state } of await host.registry.read()) {
    if (repository !== location.commonDirectory || state !== 'ready' || present.has(project)) continue;
    const local = await host.state.readLocal(project);
    if (local === null || local.database === null || local.databaseFailure !== undefined) continue;
    problems.push({
      subject: project,
      reason: `its database is gone. To have a fresh copy: nx run ${project}:db-reset`,
      remedy: 'advise',
    });
  }
  return problems;
}

async function examineDatabase({ project, generation, name }: OwnedDatabaseBranch, context: ExamineContext): Promise<Problem | null> {
  const { location, adapters, onProgress } = context;
  const { host, database } = adapters;
  if (await isOrphan(project, context)) {
    const repair = async (): Promise<void> => {
      // Anyone who claims the project now finds and replaces it; that one is theirs.
      if (!(await isOrphan(project, context))) return;
      const owner = await databaseOwner(location, host);
      await database.removeBranch({ ...owner, project, worktree: '', onProgress, onlyGeneration: generation });
    };
    return { subject: name, reason: `no worktree of "${project}" uses it`, remedy: 'remove', repair };
  }
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  if (allocation?.state !== 'ready' || allocation.generation === generation) return null;
  const reason = `an earlier worktree of "${project}" left it. To have it replaced: nx run ${project}:db-reset`;
  return { subject: name, reason, remedy: 'advise' };
}

/** Read after the list of branches: whatever was in that was claimed before. A registry that was lost makes no orphans. */
async function isOrphan(project: string, { location, adapters: { host } }: ExamineContext): Promise<boolean> {
  if (findAllocation(await host.registry.read(), { repository: location.commonDirectory, project }) !== undefined) return false;
  return (await host.state.readLocal(project)) === null;
}
