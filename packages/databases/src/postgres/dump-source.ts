import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowedEnvironment, printableLine, withScratchFolder, type CommandResult, type ScratchFolders } from '@nx-fleet/core';
import { createEmptyLike } from './unfinished-database.js';
import type { PostgresWork } from './postgres-work.js';
import { redactSource, type PostgresSource } from './source-url.js';

/** How long a dump waits for a table that somebody has locked. */
const LOCK_WAIT_MS = 60_000;
/** Parameters of a URL that libpq's programs take from their environment. */
const PARAMETER_VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  options: 'PGOPTIONS',
};

const PLAIN_FOLDERS: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(join(tmpdir(), 'nx-fleet-'));
    return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
  },
};

/** Why a dump could not be made or restored, and what would help. */
export interface DumpFault {
  readonly reason: string;
  readonly way: string;
}

/**
 * Copies the source through `pg_dump` and `pg_restore`, which does not mind sessions.
 * @returns why it did not work, or null
 */
export async function dumpSource(work: PostgresWork, to: string): Promise<DumpFault | null> {
  return withScratchFolder(work.context.scratch ?? PLAIN_FOLDERS, async (folder) => {
    const file = join(folder, 'source.dump');
    const dump = ['--format=custom', '--compress=0', `--lock-wait-timeout=${LOCK_WAIT_MS}`, `--file=${file}`];
    const dumped = await run(work, { program: 'pg_dump', args: dump, database: work.source.database });
    if (dumped !== null) {
      return dumped;
    }
    await createEmptyLike(work, to);
    // Only a superuser may give tables to others.
    const owners = (await isSuperuser(work)) ? [] : ['--no-owner'];
    return await run(work, { program: 'pg_restore', args: ['--exit-on-error', ...owners, `--dbname=${to}`, file], database: to });
  });
}

interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly database: string;
}

async function run({ context, owner, source, signal }: PostgresWork, { program, args, database }: Program): Promise<DumpFault | null> {
  const result = await context.commands.run({
    file: program,
    args: ['--no-password', ...args],
    cwd: owner.mainWorktree,
    env: { ...allowedEnvironment(context.env), ...connectionVariables(source, database) },
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  if (result.ended === 'not-found') {
    return { reason: `${program} is not installed`, way: `put pg_dump and pg_restore of the server's version on PATH` };
  }
  if (result.exitCode === 0) return null;
  return { reason: `${program} failed (${lastWords(result, source)})`, way: `correct what ${program} complains of` };
}

/** The password goes by the environment, which other users of the machine cannot read, unlike arguments. */
function connectionVariables(source: PostgresSource, database: string): Record<string, string> {
  const parameters = new URL(source.url.replace(/^[a-z]+:/, 'postgres:')).searchParams;
  const variables: Record<string, string> = {
    PGHOST: source.host,
    PGPORT: String(source.port),
    PGUSER: source.user,
    PGDATABASE: database,
    ...(source.password === null ? {} : { PGPASSWORD: source.password }),
  };
  for (const [parameter, variable] of Object.entries(PARAMETER_VARIABLES)) {
    const value = parameters.get(parameter);
    if (value !== null) variables[variable] = value;
  }
  return variables;
}

function lastWords({ stderr, ended, exitCode, signal }: CommandResult, source: PostgresSource): string {
  const lines = redactSource(source, stderr).trim().split('\n');
  return printableLine(lines.slice(-2).join(' ')) || `${ended} ${String(exitCode ?? signal)}`;
}

async function isSuperuser({ session }: PostgresWork): Promise<boolean> {
  const [role] = await session.query<{ super: boolean }>(`SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user`);
  return role?.super === true;
}
