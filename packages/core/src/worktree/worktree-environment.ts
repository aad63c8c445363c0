import { allowedEnvironment } from '../environment/allowed-environment.js';
import { type DatabaseParts, ownPartNamed, parseDatabaseUrl } from '../environment/database-variables.js';
import type { DatabaseSettings } from '../settings/settings.js';
import { shortName } from '../text/names.js';

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

/** The way to a worktree's own database, in all forms that programs ask for. */
export interface BranchVariables {
  /** Those that the database and the settings name. */
  readonly named: Readonly<Record<string, string>>;
  /** The value of a variable that holds the URL or one part of it, whichever file sets it; null if it is of another database. */
  valueOf(name: string): string | null;
}

/** @param variables what the database gives; its first one is the URL. Empty values represent a database that is not there. */
export function branchVariables(settings: DatabaseSettings, variables: Readonly<Record<string, string>>): BranchVariables {
  const [url = ''] = Object.values(variables);
  const parts = parseDatabaseUrl(url);
  const named = { ...variables };
  for (const [name, template] of Object.entries(settings.type === 'none' ? {} : (settings.extraVariables ?? {}))) {
    named[name] = url === '' ? '' : filled(template, { ...variables, url, ...parts });
  }
  const hasParts = Object.keys(variables).length > 0 && (url === '' || parts !== null);
  return {
    named,
    valueOf: (name) => {
      if (Object.hasOwn(named, name)) return named[name] ?? '';
      const part = hasParts ? ownPartNamed(name) : null;
      return part === null ? null : (parts?.[part] ?? '');
    },
  };
}

function filled(template: string, values: Readonly<Record<string, string>> | DatabaseParts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => Object.entries(values).find(([key]) => key === name)?.[1] ?? whole);
}
