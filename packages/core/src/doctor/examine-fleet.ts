import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Settings } from '../settings/settings.js';
import { printableLine } from '../text/printable.js';
import { findAllocation } from '../worktree/claim.js';
import { sweepSpares, SPARE_PREFIX } from '../worktree/spares.js';
import type { RemovalAdapters } from '../worktree/plan-removal.js';
import { databaseOwner } from '../worktree/worktree-work.js';
import type { Complaint, ComplaintReport } from './complaint.js';
import { examineClaims } from './examine-claims.js';

export interface ExamineContext {
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  /** Absolute path of the folder that holds the linked worktrees. */
  readonly worktreesDirectory: string;
  readonly adapters: RemovalAdapters;
  readonly onProgress: (line: string) => void;
}

/** Holds registry, manifests, git, databases and disk against each other. Changes nothing. */
export async function examineFleet(context: ExamineContext): Promise<readonly Complaint[]> {
  return [
    ...(await examineClaims(context)),
    ...(await examineManifests(context)),
    ...(await examineDatabases(context)),
    ...(await examineDisk(context)),
  ];
}

/** Mends what can be mended without losing anybody's work; a second call finds nothing to mend. One failure does not stop the others. */
export async function mendFleet(
  complaints: readonly Complaint[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly ComplaintReport[]> {
  const reports: ComplaintReport[] = [];
  for (const { subject, reason, remedy, mend } of complaints) {
    const report = { subject: printableLine(subject), reason: printableLine(reason), remedy };
    if (mend === undefined) reports.push({ ...report, outcome: 'needs-you' });
    else if (dryRun) reports.push({ ...report, outcome: 'would-mend' });
    else reports.push(await mended(report, mend));
  }
  return reports;
}

async function mended(report: Omit<ComplaintReport, 'outcome'>, mend: () => Promise<void>): Promise<ComplaintReport> {
  try {
    await mend();
    return { ...report, outcome: 'mended' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...report, outcome: 'failed', error: error.message };
  }
}

/** Manifests that no claim stands for: their making never began, or the registry is another one. */
async function examineManifests({ location, adapters: { git, host } }: ExamineContext): Promise<readonly Complaint[]> {
  const complaints: Complaint[] = [];
  const allocations = await host.registry.read();
  for (const project of await host.state.listProjects()) {
    const manifest = await host.state.readManifest(project);
    if (manifest === null || findAllocation(allocations, { repository: location.commonDirectory, project }) !== undefined) continue;
    const local = await host.state.readLocal(project);
    const mend = (): Promise<void> => host.state.removeIssue(project);
    if (local === null) {
      complaints.push({ subject: project, reason: 'it has a manifest, and nothing was made for it', remedy: 'undo', mend });
    } else if (!(await host.pathExists(local.worktree)) && (await git.readRef(`refs/heads/${manifest.branch}`)) === null) {
      complaints.push({ subject: project, reason: 'its removal was interrupted at its end', remedy: 'finish', mend });
    } else {
      const again = `nx g worktree --issue=${manifest.tracker.reference}`;
      complaints.push({ subject: project, reason: `this machine's registry does not know it. Make it again: ${again}`, remedy: 'advise' });
    }
  }
  return complaints;
}

/** Database branches of this clone that no claim stands for, or that an earlier worktree of the same issue left. */
async function examineDatabases({ location, adapters, onProgress }: ExamineContext): Promise<readonly Complaint[]> {
  const { host, database } = adapters;
  const owner = databaseOwner(location, host);
  const branches = await database.listBranches(owner).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (branches instanceof UserError) return [{ subject: `${database.type} database`, reason: branches.message, remedy: 'advise' }];
  // Read after the list: whatever stood in it then was claimed before.
  const allocations = await host.registry.read();
  return branches.flatMap(({ project, incarnation, name }): Complaint[] => {
    const allocation = findAllocation(allocations, { repository: location.commonDirectory, project });
    if (allocation !== undefined && (allocation.state !== 'ready' || allocation.incarnation === incarnation)) return [];
    const reason = allocation === undefined ? `no worktree of "${project}" stands for it` : `an earlier worktree of "${project}" left it`;
    const mend = (): Promise<void> => database.removeBranch({ ...owner, project, worktree: '', onProgress });
    return [{ subject: name, reason, remedy: 'remove', ...(allocation === undefined ? { mend } : {}) }];
  });
}

/** Half-made and surplus spares, and folders whose removal was interrupted. */
async function examineDisk(context: ExamineContext): Promise<readonly Complaint[]> {
  const { location, settings, worktreesDirectory, adapters } = context;
  const { git, host } = adapters;
  const complaints: Complaint[] = [];
  const names = await host.listDirectory(worktreesDirectory);
  const spares = await host.registry.readSpares();
  const used = new Set([...spares.map(({ worktree }) => worktree), ...(await host.registry.read()).flatMap(({ spare }) => spare ?? [])]);
  for (const name of names) {
    const path = `${worktreesDirectory}/${name}`;
    if (!name.startsWith(SPARE_PREFIX) || used.has(path)) continue;
    const mend = (): Promise<void> => git.removeWorktree(path, (folder) => host.discardDirectory(folder));
    complaints.push({ subject: path, reason: 'a spare worktree that nothing stands for', remedy: 'remove', mend });
  }
  if (names.some((name) => name.startsWith('.nx-fleet-trash-'))) {
    const mend = async (): Promise<void> => void (await host.sweepDiscarded(worktreesDirectory));
    complaints.push({ subject: worktreesDirectory, reason: 'folders of removed worktrees are still there', remedy: 'remove', mend });
  }
  for (const spare of spares) {
    if (spare.repository !== location.commonDirectory) continue;
    const isBroken = spare.state === 'filling' ? !(await host.registry.isAlive(spare.owner)) : !(await host.pathExists(spare.worktree));
    if (!isBroken) continue;
    const mend = async (): Promise<void> => void (await sweepSpares({ location, settings }, adapters));
    complaints.push({ subject: spare.worktree, reason: 'a spare worktree was made half-way, or is gone', remedy: 'remove', mend });
  }
  return complaints;
}
