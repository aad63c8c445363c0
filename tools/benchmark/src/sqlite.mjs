import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compare, measureInTurns } from './measure.mjs';
import { resetting } from './database-reset.mjs';
import { writeSettings } from './workspace-files.mjs';

const FILE = 'data/app.db';
const ROW_BYTES = 1000;

const FILL = `
const [file, rows, bytes] = process.argv.slice(1);
const database = new (require('libsql'))(file);
database.exec('PRAGMA journal_mode = WAL');
database.exec('CREATE TABLE entry (id INTEGER PRIMARY KEY, content BLOB)');
database.exec('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ' + Number(rows) + ') INSERT INTO entry (content) SELECT randomblob(' + Number(bytes) + ') FROM n');
database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
database.close();
`;

/** A fresh copy of a SQLite database against `cp` of its file. */
export async function measureSqlite({ plain }, { rounds, databaseSizesMb }) {
  const { root, run } = plain;
  const source = join(root, FILE);
  mkdirSync(dirname(source), { recursive: true });
  const results = [];
  for (const sizeMb of databaseSizesMb) {
    run([process.execPath, '-e', FILL, source, String(Math.round((sizeMb * 1_000_000) / ROW_BYTES)), String(ROW_BYTES)]);
    writeSettings(root, { database: { type: 'sqlite', file: FILE } });
    const { idle, reset, close } = resetting(plain, {});
    const copy = join(root, 'data/copy.db');
    const times = await measureInTurns(
      { idle, raw: { before: () => rmSync(copy, { force: true }), run: () => run(['cp', source, copy]) }, ours: reset },
      rounds,
    );
    results.push(
      compare({
        what: `fresh SQLite branch, ${sizeMb} MB`,
        floor: 'cp of the file',
        ours: times.ours,
        floors: times.raw,
        idle: times.idle,
      }),
    );
    close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(source + suffix, { force: true });
    rmSync(copy, { force: true });
  }
  return results;
}
