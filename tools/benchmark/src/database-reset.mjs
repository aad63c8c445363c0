import { writeSettings } from './workspace-files.mjs';

/** A worktree whose database can be taken afresh, and a target that does nothing: the two differ by the database alone. */
export function resetting({ root, nx }, variables) {
  const env = { ...variables, CI: 'true' };
  nx(['g', 'nx-fleet:worktree', '--issue=1'], env);
  return {
    idle: { run: () => nx(['run', 'floor-1:noop'], env) },
    reset: { run: () => nx(['run', 'issue-1:db-reset'], env) },
    close: () => {
      nx(['g', 'nx-fleet:remove-worktree', '--issue=1'], env);
      writeSettings(root, {});
    },
  };
}
