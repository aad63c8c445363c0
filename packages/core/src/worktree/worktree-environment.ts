import { allowedEnvironment } from '../environment/allowed-environment.js';
import { shortName } from '../text/fingerprint.js';

/** What Nx adds needs the rest: names of workers, and a folder of its own for each run. */
const MAX_TEMPORARY_LENGTH = 40;

type Variables = Readonly<Record<string, string>>;

/** What programs in a worktree see: our allow-list, the worktree's own programs first, and no Nx daemon of its own. */
export function worktreeEnvironment(worktree: string, env: Variables, pass: readonly string[]): Record<string, string> {
  const allowed = allowedEnvironment(env, pass);
  const separator = isWindows(allowed) ? ';' : ':';
  return {
    ...allowed,
    PATH: `${worktree}/node_modules/.bin${separator}${allowed['PATH'] ?? ''}`,
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    ...socketVariables(worktree, env),
  };
}

/** Where Nx in a worktree has its sockets: a path of a socket has room for about 100 characters, and Nx takes longer ones. Not on Windows. */
export function socketVariables(worktree: string, env: Variables): Record<string, string> {
  return isWindows(env) ? {} : { NX_SOCKET_DIR: socketDirectory(worktree, env) };
}

/** A folder of one worktree alone: two workspaces must not share one. Nx creates it, readable by its user only. */
export function socketDirectory(worktree: string, { TMPDIR = '' }: Variables): string {
  const temporary = TMPDIR.startsWith('/') && TMPDIR.length <= MAX_TEMPORARY_LENGTH ? TMPDIR.replace(/\/+$/, '') : '/tmp';
  return `${temporary}/nx-fleet-${shortName(worktree)}`;
}

function isWindows(env: Variables): boolean {
  return env['PATH']?.includes(';') === true;
}
