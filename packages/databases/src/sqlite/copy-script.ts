/** Exit code of the script when no driver could be loaded. */
export const NO_DRIVER_EXIT_CODE = 3;

/**
 * Copies a database with the first driver that loads, and checks the copy. Arguments: source, target, busy time-out in
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
      return Database;
    } catch (error) {
      faults.push(name + ': ' + (error.code ?? error.message));
    }
  }
};
for (const name of names) {
  const Database = load(name);
  if (Database === undefined) continue;
  const live = new Database(source);
  live.exec('PRAGMA busy_timeout = ' + Number(busyMs));
  live.prepare('VACUUM INTO ?').run(target);
  live.close();
  const copy = new Database(target);
  const result = copy.prepare('PRAGMA quick_check').get().quick_check;
  copy.close();
  if (result !== 'ok') throw new Error('quick_check: ' + result);
  process.stdout.write(name);
  process.exit(0);
}
process.stderr.write(faults.join('; '));
process.exit(${NO_DRIVER_EXIT_CODE});
`;
