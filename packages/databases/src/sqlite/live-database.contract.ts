import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Folder of a driver that needs no compiling. */
export const driverFolder = dirname(createRequire(import.meta.url).resolve('libsql'));

const QUERY = `
const [file, ...statements] = process.argv.slice(1);
const db = new (require(${JSON.stringify(driverFolder)}))(file);
db.exec('PRAGMA busy_timeout = 10000');
const rows = statements.map((sql) => (/^(select|pragma)/i.test(sql) ? db.prepare(sql).raw().all() : db.exec(sql)));
process.stdout.write(JSON.stringify(rows.at(-1) ?? null));
`;

/** Each transaction adds one row to both tables: in a consistent copy both have as many. It writes a line after each of the first ones. */
const WRITER = `
const db = new (require(${JSON.stringify(driverFolder)}))(process.argv[1]);
db.exec('PRAGMA busy_timeout = 10000');
const [a, b] = ['a', 'b'].map((table) => db.prepare('INSERT INTO ' + table + ' (text) VALUES (?)'));
let count = 0;
const write = () => {
  db.exec('BEGIN IMMEDIATE');
  a.run('x'.repeat(2000));
  b.run('y'.repeat(2000));
  db.exec('COMMIT');
  if (count++ < 20) process.stdout.write('.');
  setTimeout(write, 1);
};
write();
`;

const writers: ChildProcess[] = [];

/** Runs statements against a database file in a process of its own, and returns the rows of the last one. */
export async function query(file: string, ...statements: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=commonjs', '-e', QUERY, file, ...statements], { env: {} });
  return JSON.parse(stdout) as unknown;
}

/** A database in WAL mode with two tables of as many rows each. */
export async function createLiveDatabase(file: string, rows = 500): Promise<void> {
  const fill = (table: string): string =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO ${table} (text) SELECT 'row ' || i FROM n`;
  await mkdir(dirname(file), { recursive: true });
  await query(file, 'PRAGMA journal_mode = WAL', 'CREATE TABLE a (text)', 'CREATE TABLE b (text)', fill('a'), fill('b'));
}

/** Starts a process that keeps the database open and writes to it without a pause, and waits until it does. */
export async function startWriter(file: string): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=commonjs', '-e', WRITER, file], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  writers.push(child);
  await once(child.stdout, 'data');
}

/** Kills the writers as a crash would: their log stays. */
export async function killWriters(): Promise<void> {
  for (const writer of writers.splice(0)) {
    const closed = once(writer, 'close');
    writer.kill('SIGKILL');
    await closed;
  }
}

/** Number of rows of both tables, after checks that the database is sound and consistent. */
export async function countRows(file: string): Promise<number> {
  const rows = await query(file, 'SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT quick_check FROM pragma_quick_check)');
  const [[first, second, check]] = rows as [[number, number, string]];
  expect(check).toBe('ok');
  expect(second).toBe(first);
  return first;
}

/** Makes `libsql` resolvable from a folder. */
export async function linkDriver(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(driverFolder, join(folder, 'node_modules', 'libsql'));
}
