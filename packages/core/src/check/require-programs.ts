import { UserError } from '../errors/user-error.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import type { CommandLine } from '../settings/settings.js';
import { worktreeEnvironment } from '../worktree/worktree-environment.js';
import { commandText, commandWords } from './command-words.js';

/**
 * Refuses checks that cannot be started, before a writer is paid: a program that is missing is not a failure that a writer could fix.
 * @throws UserError that says what to write instead, where that is known
 */
export async function requirePrograms(
  { checks, passEnv }: { readonly checks: readonly CommandLine[]; readonly passEnv: readonly string[] },
  { local: { worktree } }: StageIssue,
  { host }: Pick<StageContext, 'host'>,
): Promise<void> {
  const { PATH = '' } = worktreeEnvironment(worktree, host.env, passEnv);
  for (const line of checks) {
    const [file, ...args] = commandWords(line);
    if (await host.hasProgram(file, { cwd: worktree, path: PATH })) continue;
    const ownNx = file === 'nx' && (await host.hasProgram('./nx', { cwd: worktree, path: PATH }));
    const remedy = ownNx
      ? `The Nx of this workspace is "./nx". Set "checks" to "${['./nx', ...args].join(' ')}"`
      : `Install it, make it executable, or change "checks"`;
    throw new UserError(
      `Check "${commandText(line)}" cannot be started: "${worktree}" has no program "${file}", nor has the PATH. ${remedy}; then run again.`,
    );
  }
}
