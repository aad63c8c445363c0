import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { worktreeEnvironment } from './worktree-environment.js';

/**
 * Brings a worktree's node_modules to its lockfile, which a writer, a blocker or a moved branch may have changed. Nothing to do is the ordinary case.
 * @throws UserError when the package manager fails
 */
export async function installWorktreeDependencies({ local }: StageIssue, passEnv: readonly string[], context: StageContext): Promise<void> {
  // Anyone who checked it out has installed it too.
  if (local.here === true) return;
  const { git, host, limits, onProgress, onDetail, signal } = context;
  const { mainWorktree } = await git.locate();
  const env = worktreeEnvironment(local.worktree, host.env, passEnv);
  const { method, packageManager } = await host.installDependencies({
    from: mainWorktree,
    to: local.worktree,
    safety: limits.dependencySafety,
    env,
    onProgress: (line) => onDetail(line, 'output'),
    ...(signal === undefined ? {} : { signal }),
  });
  const line = `dependencies ${method} (${packageManager ?? ''})`;
  if (method === 'installed') onProgress(line);
  else if (method === 'cloned') onDetail(line, 'step');
}
