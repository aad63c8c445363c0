import { findBadSpares, SPARE_PREFIX, sweepSpare } from '../worktree/spares.js';
import { discardWorktree } from '../worktree/worktree-work.js';
import type { Complaint, ExamineContext } from './examine-fleet.js';

const DISCARDED_PREFIX = '.nx-fleet-trash-';

/** Half-made and surplus spares, and folders whose removal was interrupted. */
export async function examineDisk(context: ExamineContext): Promise<readonly Complaint[]> {
  const { worktreesDirectory, adapters } = context;
  const { git, host } = adapters;
  const complaints: Complaint[] = [];
  const names = await host.listDirectory(worktreesDirectory);
  const used = await usedSpares(context);
  const known = new Set((await git.listWorktrees()).map(({ path }) => path));
  for (const name of names) {
    const subject = `${worktreesDirectory}/${name}`;
    if (!name.startsWith(SPARE_PREFIX) || used.has(subject)) continue;
    // Other repositories, with registries that are not this one, may have the same folder for their worktrees.
    if (!known.has(subject) && (await host.pathExists(`${subject}/.git`))) continue;
    const mend = (): Promise<void> => removeStray(subject, context);
    complaints.push({ subject, reason: 'an unregistered spare worktree', remedy: 'remove', mend });
  }
  if (names.some((name) => name.startsWith(DISCARDED_PREFIX))) {
    const mend = async (): Promise<void> => void (await host.sweepDiscarded(worktreesDirectory));
    complaints.push({ subject: worktreesDirectory, reason: 'folders of removed worktrees are still there', remedy: 'remove', mend });
  }
  for (const subject of await host.forgottenScratchFolders()) {
    const mend = (): Promise<void> => host.discardDirectory(subject);
    complaints.push({ subject, reason: 'a temporary folder of a command that was killed', remedy: 'remove', mend });
  }
  for (const bad of await findBadSpares(context, adapters)) {
    const reason = `a spare worktree: ${bad.reason}`;
    complaints.push({ subject: bad.spare.worktree, reason, remedy: 'remove', mend: () => sweepSpare(bad, adapters) });
  }
  return complaints;
}

/** Spares first: anyone who takes one has it in its claim from the same moment on. */
async function usedSpares({ adapters: { host } }: ExamineContext): Promise<ReadonlySet<string>> {
  const spares = await host.registry.readSpares();
  const claims = await host.registry.read();
  return new Set([...spares.map(({ worktree }) => worktree), ...claims.flatMap(({ spare }) => spare ?? [])]);
}

/** Its name may have been given out again since it was looked at. */
async function removeStray(path: string, context: ExamineContext): Promise<void> {
  const { host } = context.adapters;
  if ((await usedSpares(context)).has(path)) return;
  await host.endStrays(path);
  await discardWorktree(path, context.adapters);
}
