import { allowedEnvironment } from '../environment/allowed-environment.js';

/** What programs in a worktree see: our allow-list, the worktree's own programs first, and no Nx daemon of its own. */
export function worktreeEnvironment(
  worktree: string,
  env: Readonly<Record<string, string>>,
  pass: readonly string[],
): Record<string, string> {
  const allowed = allowedEnvironment(env, pass);
  const separator = allowed['PATH']?.includes(';') === true ? ';' : ':';
  return { ...allowed, PATH: `${worktree}/node_modules/.bin${separator}${allowed['PATH'] ?? ''}`, NX_DAEMON: 'false', NX_TUI: 'false' };
}
