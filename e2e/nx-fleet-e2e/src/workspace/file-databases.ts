import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/**
 * Programs of a team that keep databases as files in HOME. `fail-remove` there makes a removal fail, `fail-create` a creation;
 * `hang-remove` is taken away by the first removal that finds it, which then never ends.
 */
const SCRIPT = `import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
const [verb, name] = process.argv.slice(2);
const home = process.env.HOME;
mkdirSync(home + '/databases', { recursive: true });
const file = home + '/databases/' + name;
if (existsSync(home + '/fail-' + verb)) {
  console.error('the server is down');
  process.exit(1);
}
if (verb === 'create') {
  if (!existsSync(file)) writeFileSync(file, 'fresh');
  console.log('DATABASE_URL=file:' + file);
}
if (verb === 'remove') {
  if (existsSync(home + '/hang-remove')) {
    rmSync(home + '/hang-remove');
    setInterval(() => {}, 1000);
  } else rmSync(file, { force: true });
}
if (verb === 'list') console.log(readdirSync(home + '/databases').join('\\n'));
`;

export const FILE_DATABASE_FILES: Readonly<Record<string, string>> = { 'tools/databases.mjs': SCRIPT };

export const FILE_DATABASE = {
  type: 'command',
  create: 'node tools/databases.mjs create {name}',
  remove: 'node tools/databases.mjs remove {name}',
  list: 'node tools/databases.mjs list',
};

/** Names of the databases that are there. */
export function fileDatabases({ env }: Pick<Workspace, 'env'>): readonly string[] {
  const folder = join(env['HOME'] ?? '', 'databases');
  return existsSync(folder) ? readdirSync(folder) : [];
}
