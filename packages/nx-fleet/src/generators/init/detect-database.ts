import { parseEnv } from 'node:util';
import type { Tree } from '@nx/devkit';
import { ownPartNamed, partNamed, parseDatabaseUrl, printableLine, joinDatabaseUrl, type SettingsInput } from '@nx-fleet/core';

export interface DetectedDatabase {
  /** Null when there is none, or none that may be copied without being asked for. */
  readonly options: SettingsInput['database'] | null;
  /** For users; never holds a password. */
  readonly found: string;
}

const ENV_FILES = ['.env.local', '.env'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const SQLITE_URL = /^(?:file:|sqlite:(?:\/\/)?)(?<path>[^?]+)/;

/** Looks for `DATABASE_URL` in the environment and the root's env files, then for a database file in the usual places. */
export function detectDatabase(tree: Tree, env: Readonly<Record<string, string>>): DetectedDatabase {
  const url = [env['DATABASE_URL'], ...ENV_FILES.map((file) => readVariable(tree, file))].find(
    (value) => value !== undefined && value !== '',
  );
  if (url !== undefined) return detectFromUrl(url, tree, env);
  const parts = detectParts(tree, env);
  if (parts !== null) return parts;
  const file = [
    ...databaseFiles(tree, '.'),
    ...databaseFiles(tree, 'data'),
    ...databaseFiles(tree, 'prisma'),
    ...databaseFiles(tree, 'db'),
  ][0];
  return file === undefined ? { options: null, found: 'none' } : { options: { type: 'sqlite', file }, found: `SQLite ${file}` };
}

/** A database that is configured by `DB_HOST`, `DB_NAME` and the like. */
function detectParts(tree: Tree, env: Readonly<Record<string, string>>): DetectedDatabase | null {
  const variables = { ...env };
  for (const file of ENV_FILES.toReversed()) Object.assign(variables, tree.exists(file) ? parseEnv(tree.read(file, 'utf-8') ?? '') : {});
  const names = Object.keys(variables).filter((name) => partNamed(name) !== null && variables[name] !== '');
  if (!names.some((name) => partNamed(name) === 'host')) return null;
  const parts = parseDatabaseUrl(joinDatabaseUrl(variables) ?? '');
  const found = `in parts (${printableLine(names.join(', '))})`;
  if (parts === null || !names.every((name) => ownPartNamed(name) !== null)) {
    return { options: null, found: `${found}: your own programs can copy it, see "database" of type "command"` };
  }
  const isPostgres = parts.port === '5432' || names.some((name) => /^(?:PG|POSTGRES)/i.test(name));
  if (isPostgres && LOOPBACK.test(parts.host)) return { options: { type: 'postgres' }, found: `PostgreSQL on this machine, ${found}` };
  return {
    options: null,
    found: `${found}: to have a PostgreSQL database copied on "${printableLine(parts.host)}", set "database" to { "type": "postgres" }`,
  };
}

function detectFromUrl(url: string, tree: Tree, env: Readonly<Record<string, string>>): DetectedDatabase {
  const path = SQLITE_URL.exec(url)?.groups?.['path'];
  const file = path === undefined ? null : insideWorkspace(path, tree.root);
  if (file !== null) return { options: { type: 'sqlite', file }, found: `SQLite ${file} (DATABASE_URL)` };
  if (/^postgres(ql)?:/.test(url) && URL.canParse(url)) return detectPostgres(new URL(url).hostname, env);
  const scheme = /^\w+(?=:)/.exec(url)?.[0] ?? 'set';
  return { options: null, found: `DATABASE_URL is ${scheme}: your own programs can copy it, see "database" of type "command"` };
}

/** A server on this machine is a developer's own; on any other one nothing is created unless someone says so. */
function detectPostgres(host: string, env: Readonly<Record<string, string>>): DetectedDatabase {
  const isNeon = host.endsWith('.neon.tech');
  if (isNeon && env['NEON_API_KEY'] !== undefined && env['NEON_PROJECT_ID'] !== undefined) {
    return { options: { type: 'neon' }, found: 'Neon (DATABASE_URL, NEON_PROJECT_ID)' };
  }
  if (isNeon) return { options: null, found: 'Neon: set NEON_API_KEY and NEON_PROJECT_ID, and "database" to { "type": "neon" }' };
  if (LOOPBACK.test(host)) return { options: { type: 'postgres' }, found: 'PostgreSQL on this machine (DATABASE_URL)' };
  return {
    options: null,
    found: `PostgreSQL on "${printableLine(host)}": to have it copied there, set "database" to { "type": "postgres" }`,
  };
}

function readVariable(tree: Tree, file: string): string | undefined {
  return tree.exists(file) ? parseEnv(tree.read(file, 'utf-8') ?? '')['DATABASE_URL'] : undefined;
}

function databaseFiles(tree: Tree, folder: string): string[] {
  const names = tree.exists(folder) ? tree.children(folder) : [];
  return names.filter((name) => /\.(?:db|sqlite3?)$/.test(name)).map((name) => (folder === '.' ? name : `${folder}/${name}`));
}

function insideWorkspace(path: string, root: string): string | null {
  const relative = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path.replace(/^\.\//, '');
  return relative.startsWith('/') || relative.split('/').includes('..') ? null : relative;
}
