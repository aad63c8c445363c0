import { parseEnv } from 'node:util';
import type { Tree } from '@nx/devkit';

export interface DetectedDatabase {
  /** Relative to the workspace, or null when there is no SQLite database. */
  readonly file: string | null;
  /** For people; never holds a password. */
  readonly found: string;
}

const ENV_FILES = ['.env.local', '.env'];
const SQLITE_URL = /^(?:file:|sqlite:(?:\/\/)?)(?<path>[^?]+)/;

/** Looks for `DATABASE_URL` in the environment and the root's env files, then for a database file in the usual places. */
export function detectSqliteFile(tree: Tree, env: Readonly<Record<string, string>>): DetectedDatabase {
  const url = [env['DATABASE_URL'], ...ENV_FILES.map((file) => readVariable(tree, file))].find(
    (value) => value !== undefined && value !== '',
  );
  if (url !== undefined) {
    const path = SQLITE_URL.exec(url)?.groups?.['path'];
    const inside = path === undefined ? null : insideWorkspace(path, tree.root);
    if (inside !== null) return { file: inside, found: `SQLite ${inside} (DATABASE_URL)` };
    return {
      file: null,
      found: `DATABASE_URL is ${/^\w+(?=:)/.exec(url)?.[0] ?? 'set'}, which is not copied per issue yet: set "database" yourself`,
    };
  }
  const file = [
    ...databaseFiles(tree, '.'),
    ...databaseFiles(tree, 'data'),
    ...databaseFiles(tree, 'prisma'),
    ...databaseFiles(tree, 'db'),
  ][0];
  return file === undefined ? { file: null, found: 'none' } : { file, found: `SQLite ${file}` };
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
