import { partNamed, type Database, type Host } from '@nx-fleet/core';

/** What Nx loads into its own environment before a generator runs. */
const LOADED = ['.env.local', '.local.env', '.env'];

/**
 * Variables that lead to a database and that the caller's shell exports: in a worktree they win over every env file, for whatever is started by hand.
 * Those that Nx has from the root's env files are none; a value that a file expands cannot be told from them.
 */
export async function exportedVariables(
  mainWorktree: string,
  { host, database }: { readonly host: Pick<Host, 'env' | 'readVariables'>; readonly database: Pick<Database, 'variables'> },
): Promise<readonly string[]> {
  const files = await Promise.all(LOADED.map((file) => host.readVariables(`${mainWorktree}/${file}`)));
  const isFromFile = (name: string, value: string): boolean =>
    files.some((variables) => Object.hasOwn(variables, name) && (variables[name] === value || variables[name]?.includes('$') === true));
  const isOfDatabase = (name: string): boolean =>
    database.variables.includes(name) || (database.variables.length > 0 && partNamed(name) !== null);
  return Object.entries(host.env)
    .filter(([name, value]) => value !== '' && isOfDatabase(name) && !isFromFile(name, value))
    .map(([name]) => name);
}
