import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { describeReadingMethod } from './copy-method.contract.js';
import { createBuiltInCopy, createCliCopy, createPlainCopy, createWorkspaceDriverCopy } from './copy-methods.js';
import { countRows, createLiveDatabase, driverFolder, killWriters, linkDriver, query, startWriter } from './live-database.contract.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';

afterEach(killWriters);
afterEach(removeTemporaryFolders);

const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
const context = { commands: createSpawnedCommands(), env };

function describeIf(present: boolean, name: string, describeIt: () => void): void {
  if (present) {
    describeIt();
  } else {
    it(`cannot show copying with ${name}: this machine has not got it`, () => expect(present).toBe(false));
  }
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function setUp() {
  const mainWorktree = await createTemporaryFolder();
  const source = join(mainWorktree, 'data/app.db');
  await createLiveDatabase(source);
  return { mainWorktree, source, target: join(mainWorktree, 'copy.db') };
}

async function installPackage(folder: string, name: string, code: string): Promise<void> {
  const file = join(folder, 'node_modules', name, 'index.js');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
}

describeReadingMethod('a driver of the workspace', () => createWorkspaceDriverCopy(context), linkDriver);
describeIf(isInstalled('sqlite3'), 'the program sqlite3', () => describeReadingMethod('the program sqlite3', () => createCliCopy(context)));
describeIf(isBuiltin('node:sqlite'), 'node:sqlite', () => describeReadingMethod('node:sqlite', () => createBuiltInCopy(context)));

describe('node:sqlite', () => {
  it('is unavailable where Node lacks it', async () => {
    const request = await setUp();
    await expect(createBuiltInCopy(context, false).copy(request)).resolves.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a driver of the workspace', () => {
  it('is better-sqlite3 before libsql', async () => {
    const request = await setUp();
    await linkDriver(request.mainWorktree);
    await installPackage(request.mainWorktree, 'better-sqlite3', `module.exports = require(${JSON.stringify(driverFolder)});`);
    await expect(createWorkspaceDriverCopy(context).copy(request)).resolves.toEqual({ kind: 'copied', by: 'better-sqlite3' });
  });

  it.each([
    ['does not load', "throw Object.assign(new Error('was compiled against another Node'), { code: 'ERR_DLOPEN_FAILED' });"],
    ['has no binary', "module.exports = class { constructor() { throw new Error('Could not locate the bindings file'); } };"],
  ])('is libsql when better-sqlite3 %s', async (_what, code) => {
    const request = await setUp();
    await linkDriver(request.mainWorktree);
    await installPackage(request.mainWorktree, 'better-sqlite3', code);
    await expect(createWorkspaceDriverCopy(context).copy(request)).resolves.toEqual({ kind: 'copied', by: 'libsql' });
  });

  it('is found beside the database, in a package of the workspace', async () => {
    const request = await setUp();
    await linkDriver(dirname(request.source));
    await expect(createWorkspaceDriverCopy(context).copy(request)).resolves.toEqual({ kind: 'copied', by: 'libsql' });
  });

  it('is unavailable when there is none, and says which were looked for', async () => {
    const request = await setUp();
    await expect(createWorkspaceDriverCopy(context).copy(request)).resolves.toEqual({
      kind: 'unavailable',
      reason: expect.stringMatching(/better-sqlite3: MODULE_NOT_FOUND.*libsql: MODULE_NOT_FOUND/),
    });
  });

  it('fails when it takes its process down', async () => {
    const request = await setUp();
    await installPackage(request.mainWorktree, 'libsql', "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 1000); while (true);");
    await expect(createWorkspaceDriverCopy(context).copy(request)).resolves.toEqual({
      kind: 'failed',
      reason: 'the copying process ended without a word (SIGKILL)',
    });
  });

  it('gets PATH and HOME of the environment, and nothing else', async () => {
    const request = await setUp();
    const commands = createSpawnedCommands();
    await createWorkspaceDriverCopy({ commands, env: { ...env, SECRET: 'x', NODE_OPTIONS: '--no-such-option' } }).copy(request);
    expect(commands.log.map((command) => command.env)).toEqual([env]);
  });
});

/** With an index, a generated column and a collation that only the app's own connection knows. */
async function createDatabaseOfApp(file: string): Promise<void> {
  const schema = [
    // A blank before it: what it answers is of no interest.
    ' PRAGMA writable_schema = ON',
    `UPDATE sqlite_master SET sql = replace(sql, 'lower(', 'slugify(') WHERE type = 'index'`,
    `UPDATE sqlite_master SET sql = replace(sql, 'nocase', 'app') WHERE type = 'table'`,
  ];
  await query(file, 'CREATE TABLE posts (title text, name text COLLATE nocase)', 'CREATE INDEX ix ON posts(lower(title))');
  await query(file, `INSERT INTO posts VALUES ('A', 'b')`, ...schema);
}

describe('a database that needs functions of the app', () => {
  it('is copied by the program, which leaves nothing beside it', async () => {
    const request = await setUp();
    const source = join(request.mainWorktree, 'app.db');
    await query(source, 'PRAGMA journal_mode = WAL');
    await createDatabaseOfApp(source);
    const before = (await readdir(request.mainWorktree)).toSorted();
    const target = join(request.mainWorktree, 'data', `a "copy'.db`);
    await expect(createCliCopy(context).copy({ ...request, source, target })).resolves.toEqual({ kind: 'copied', by: 'sqlite3' });
    await expect(query(target, 'SELECT title FROM posts NOT INDEXED')).resolves.toEqual([['A']]);
    expect((await readdir(request.mainWorktree)).toSorted()).toEqual(before);
  });

  it('is refused by a driver without a backup, which names the function and leaves nothing beside it', async () => {
    const request = await setUp();
    const source = join(request.mainWorktree, 'app.db');
    await query(source, 'PRAGMA journal_mode = WAL');
    await createDatabaseOfApp(source);
    await linkDriver(request.mainWorktree);
    const before = (await readdir(request.mainWorktree)).toSorted();
    const outcome = await createWorkspaceDriverCopy(context).copy({ ...request, source });
    expect(outcome).toEqual({ kind: 'failed', reason: expect.stringMatching(/slugify|collation sequence: app/) as string });
    expect((await readdir(request.mainWorktree)).filter((name) => name !== 'copy.db').toSorted()).toEqual(before);
  });
});

describe('the program sqlite3', () => {
  it('is unavailable when it is not on the path', async () => {
    const request = await setUp();
    const outcome = createCliCopy({ ...context, env: { PATH: request.mainWorktree } }).copy(request);
    await expect(outcome).resolves.toEqual({ kind: 'unavailable', reason: 'sqlite3 is not installed' });
  });

  it('does not read the settings that the user has for it', async () => {
    const request = await setUp();
    const commands = createSpawnedCommands();
    await createCliCopy({ commands, env }).copy(request);
    expect(commands.log.map(({ args }) => args.slice(args.indexOf('-init')).slice(0, 2))).toEqual(
      commands.log.map(() => ['-init', devNull]),
    );
    expect(commands.log.length).toBeGreaterThan(0);
  });
});

describe('a plain copy', () => {
  it('is made of a database that nobody has open', async () => {
    const request = await setUp();
    await expect(createPlainCopy().copy(request)).resolves.toEqual({ kind: 'copied', by: 'plain copy' });
    expect(await countRows(request.target)).toBe(500);
  });

  it('is refused while a process has the database open', async () => {
    const request = await setUp();
    await startWriter(request.source);
    await expect(createPlainCopy().copy(request)).resolves.toEqual({ kind: 'unavailable', reason: 'the database is in use' });
  });

  it.each(['-wal', '-shm', '-journal'])('is refused while a file %s is left', async (sidecar) => {
    const request = await setUp();
    await writeFile(request.source + sidecar, '');
    await expect(createPlainCopy().copy(request)).resolves.toMatchObject({ kind: 'unavailable' });
  });

  it('is refused when the database was written to meanwhile', async () => {
    const request = await setUp();
    const copyWhileWritten: typeof copyFile = async (source, target, mode) => {
      await copyFile(source, target, mode);
      await query(request.source, "INSERT INTO a VALUES ('meanwhile')");
    };
    await expect(createPlainCopy(copyWhileWritten).copy(request)).resolves.toEqual({
      kind: 'unavailable',
      reason: 'the database was written to while it was copied',
    });
  });

  it('is refused when the database was opened meanwhile', async () => {
    const request = await setUp();
    const copyWhileOpened: typeof copyFile = async (source, target, mode) => {
      await copyFile(source, target, mode);
      await writeFile(`${request.source}-wal`, '');
    };
    await expect(createPlainCopy(copyWhileOpened).copy(request)).resolves.toMatchObject({ kind: 'unavailable' });
  });
});
