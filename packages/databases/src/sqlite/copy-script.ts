/** Exit code of the script when no driver could be loaded. */
export const NO_DRIVER_EXIT_CODE = 3;

/**
 * Copies a database with the first driver that loads, by SQLite's backup in one step where the driver has it, since that needs no functions of
 * the app; and checks the copy. Arguments: source, target, busy time-out in
 * milliseconds, folder to look drivers up from, names of drivers. Prints the driver's name.
 *
 * It is text for `node --input-type=commonjs -e`: a copy blocks its thread for seconds, a native module can take its
 * process down, and a file of its own would be TypeScript in our tests and JavaScript when published.
 */
export const COPY_SCRIPT = `
const [source, target, busyMs, from, ...names] = process.argv.slice(1);
const { createRequire } = require('node:module');
const requireFrom = [source, from + '/package.json'].map((file) => createRequire(file));
const faults = [];
const load = (name) => {
  for (const request of requireFrom) {
    try {
      const loaded = request(name);
      const Database = loaded.DatabaseSync ?? loaded;
      new Database(':memory:').close();
      return { Database, backup: loaded.backup };
    } catch (error) {
      faults.push(name + ': ' + (error.code ?? error.message));
    }
  }
};
const ALL_PAGES = 0x7fffffff;
const write = async (live, backup) => {
  // Not prepared: a statement that is not collected yet would keep the database open.
  const vacuum = () => live.exec("VACUUM INTO '" + target.replaceAll("'", "''") + "'");
  if (backup !== undefined) await backup(live, target, { rate: ALL_PAGES });
  else if (live.backup === undefined) vacuum();
  else await Promise.resolve().then(() => live.backup(target, { progress: () => ALL_PAGES })).catch(vacuum);
};
const check = (copy) => {
  try {
    return copy.prepare('PRAGMA quick_check').get().quick_check;
  } catch (error) {
    // SQLITE_ERROR: functions or collations of the app, without which it cannot be checked.
    const code = error.errcode ?? error.rawCode ?? (error.code === 'SQLITE_ERROR' ? 1 : 0);
    if ((code & 0xff) === 1) return 'ok';
    throw error;
  }
};
const closing = async (database, act) => {
  try {
    return await act(database);
  } finally {
    database.close();
  }
};
const run = async () => {
  for (const name of names) {
    const driver = load(name);
    if (driver === undefined) continue;
    const { Database, backup } = driver;
    await closing(new Database(source), async (live) => {
      live.exec('PRAGMA busy_timeout = ' + Number(busyMs));
      await write(live, backup);
    });
    const result = await closing(new Database(target), check);
    if (result !== 'ok') throw new Error('quick_check: ' + result);
    process.stdout.write(name);
    process.exit(0);
  }
  process.stderr.write(faults.join('; '));
  process.exit(${NO_DRIVER_EXIT_CODE});
};
run();
`;
