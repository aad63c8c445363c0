import { findBadSpares, SPARE_PREFIX, sweepSpare } from '../worktree/spares.js';
import { discardWorktree } from '../worktree/worktree-work.js';
import type { Problem, ExamineContext } from './examine-fleet.js';

const DISCARDED_PREFIX = '.nx-fleet-discarded-';

/** Half-made and surplus spares, and folders whose removal was interrupted. */
export async function examineDisk(context: ExamineContext): Promise<readonly Problem[]> {
  const { worktreesDirectory, adapters } = context;
  const { git, host } = adapters;
  const problems: Problem[] = [];
  const names = await host.listDirectory(worktreesDirectory);
  const used = await usedSpares(context);
  const known = new Set((await git.listWorktrees()).map(({ path }) => path));
  for (const name of names) {
    const subject = `${worktreesDirectory}/${name}`;
    if (!name.startsWith(SPARE_PREFIX) || used.has(subject)) continue;
    // Other repositories, with registries that are not this one, may have the same folder for their worktrees.
    if (!known.has(subject) && (await host.pathExists(`${subject}/.git`))) continue;
    const repair = (): Promise<void> => removeStray(subject, context);
    problems.push({ subject, reason: 'an unregistered spare worktree', remedy: 'remove', repair });
  }
  if (names.some((name) => name.startsWith(DISCARDED_PREFIX))) {
    const repair = async (): Promise<void> => void (await host.sweepDiscarded(worktreesDirectory));
    problems.push({ subject: worktreesDirectory, reason: 'folders of removed worktrees are still there', remedy: 'remove', repair });
  }
  for (const subject of await host.forgottenScratchFolders()) {
    const repair = (): Promise<void> => host.discardDirectory(subject);
    problems.push({ subject, reason: 'a temporary folder of a command that was killed', remedy: 'remove', repair });
  }
  for (const bad of await findBadSpares(context, adapters)) {
    const reason = `a spare worktree: ${bad.reason}`;
    problems.push({ subject: bad.spare.worktree, reason, remedy: 'remove', repair: () => sweepSpare(bad, adapters) });
  }
  return problems;
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
