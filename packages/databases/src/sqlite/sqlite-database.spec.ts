import { type DatabaseBranch, type DatabaseBranchRequest, UserError } from '@nx-fleet/core';
import { existsSync } from 'node:fs';
import { chmod, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CopyMethod, type CopyOutcome, createPlainCopy } from './copy-methods.js';
import { countRows, createLiveDatabase, killWriters, linkDriver, query, startWriter } from './live-database.contract.js';
import { createSqliteDatabase } from './sqlite-database.js';
import { createDatabase } from '../create-database.js';
import { type DatabaseProbe, describeInsideDatabase } from '../database.contract.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';

afterEach(killWriters);
afterEach(removeTemporaryFolders);

const SETTINGS = { type: 'sqlite', file: 'data/app.db', variable: 'DATABASE_URL', url: 'file:{file}' } as const;

async function setUp({
  settings = {},
  methods,
}: { readonly settings?: Partial<typeof SETTINGS> | { file: string } | { url: string }; readonly methods?: readonly CopyMethod[] } = {}) {
  const root = await createTemporaryFolder();
  const mainWorktree = join(root, 'main');
  const source = join(mainWorktree, 'data/app.db');
  await createLiveDatabase(source, 100);
  await linkDriver(mainWorktree);
  const progress: string[] = [];
  const request = (worktree: string): DatabaseBranchRequest => ({
    repository: 'shop',
    clone: 'c10ec10e',
    project: `issue-${worktree}`,
    generation: 'a1a1a1a1',
    mainWorktree,
    worktree: join(root, worktree),
    onProgress: (line) => progress.push(line),
  });
  for (const worktree of ['first', 'second']) {
    await mkdir(join(root, worktree));
  }
  const context = { commands: createSpawnedCommands(), env: { PATH: process.env['PATH'] ?? '' } };
  const all = { ...SETTINGS, ...settings };
  const database = methods === undefined ? createDatabase(all, context) : createSqliteDatabase(all, context, methods);
  return { root, mainWorktree, source, copy: join(root, 'first/data/app.db'), request, database, progress };
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).not.toContain('\n');
  return (error as UserError).message;
}

function method(outcome: CopyOutcome, { name = 'scripted', readsDatabase = true, leaves = '' } = {}): CopyMethod {
  return {
    name,
    readsDatabase,
    copy: async ({ target }) => {
      if (leaves !== '') await writeFile(target, leaves);
      return outcome;
    },
  };
}

describeInsideDatabase('sqlite', async () => {
  const { database, request, source } = await setUp();
  await startWriter(source);
  await killWriters();
  const fileOf = ({ variables }: DatabaseBranch): string => variables['DATABASE_URL']!.replace('file:', '');
  const probe: DatabaseProbe = {
    mark: async (branch) => void (await query(fileOf(branch), 'CREATE TABLE mark (text)')),
    isMarked: async (branch) => ((await query(fileOf(branch), "SELECT 1 FROM sqlite_master WHERE name = 'mark'")) as unknown[]).length > 0,
  };
  return { database, request, readOriginal: () => countRows(source), probe };
});

describe('an sqlite database', () => {
  it('is copied to the same place while another process writes', async () => {
    const { database, request, source, copy, progress } = await setUp();
    await startWriter(source);
    await expect(database.createBranch(request('first'))).resolves.toEqual({
      description: 'sqlite data/app.db',
      variables: { DATABASE_URL: `file:${copy}` },
    });
    expect(await countRows(copy)).toBeGreaterThan(100);
    expect(await readdir(dirname(copy))).toEqual(['app.db']);
    expect(progress).toEqual(['Copying database data/app.db', expect.stringMatching(/^Copied database data\/app\.db \(\S+\)$/)]);
  });

  it('is found through a link in the main worktree', async () => {
    const { database, request, mainWorktree, source, root, copy } = await setUp();
    await createLiveDatabase(join(root, 'elsewhere/real.db'), 7);
    await rm(source);
    await symlink(join(root, 'elsewhere/real.db'), join(mainWorktree, 'data/app.db'));
    await database.createBranch(request('first'));
    expect(await countRows(copy)).toBe(7);
  });

  it('keeps a branch’s data when it is created again, also without the original', async () => {
    const { database, request, source, copy } = await setUp();
    await database.createBranch(request('first'));
    await query(copy, 'DELETE FROM a', 'DELETE FROM b');
    await rm(source);
    await database.createBranch(request('first'));
    expect(await countRows(copy)).toBe(0);
  });

  it('separates a branch from the original', async () => {
    const { database, request, source, copy } = await setUp();
    await database.createBranch(request('first'));
    await query(copy, 'DELETE FROM a', 'DELETE FROM b');
    expect(await countRows(source)).toBe(100);
  });

  it('gets the original’s data by a reset, and loses its own log', async () => {
    const { database, request, copy } = await setUp();
    await database.createBranch(request('first'));
    await query(copy, 'PRAGMA journal_mode = WAL', 'DELETE FROM a', 'DELETE FROM b');
    await startWriter(copy);
    await killWriters();
    expect(existsSync(`${copy}-wal`)).toBe(true);
    await database.resetBranch(request('first'));
    expect(existsSync(`${copy}-wal`)).toBe(false);
    expect(await countRows(copy)).toBe(100);
  });

  it('does not mix a new branch with the log of a former one', async () => {
    const { database, request, copy } = await setUp();
    await database.createBranch(request('first'));
    await query(copy, 'PRAGMA journal_mode = WAL');
    await startWriter(copy);
    await killWriters();
    await rm(copy);
    await database.createBranch(request('first'));
    expect(await countRows(copy)).toBe(100);
  });

  it('replaces what a killed copy left', async () => {
    const { database, request, copy } = await setUp();
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(join(dirname(copy), '.app.db.nx-fleet-copy'), 'half');
    await writeFile(join(dirname(copy), '.app.db.nx-fleet-copy-journal'), 'half');
    await database.createBranch(request('first'));
    expect(await readdir(dirname(copy))).toEqual(['app.db']);
    expect(await countRows(copy)).toBe(100);
  });

  it('goes with its log when it is removed, and leaves other files', async () => {
    const { database, request, copy } = await setUp();
    await database.createBranch(request('first'));
    for (const file of ['app.db-wal', 'app.db-shm', 'app.db-journal', 'app.db.backup']) {
      await writeFile(join(dirname(copy), file), '');
    }
    await database.removeBranch(request('first'));
    expect(await readdir(dirname(copy))).toEqual(['app.db.backup']);
  });

  it('is removed from a worktree that is gone', async () => {
    const { database, request, source } = await setUp();
    await database.removeBranch(request('gone'));
    expect(existsSync(source)).toBe(true);
  });

  it('keeps the original’s permissions, and can be written to', async () => {
    const { database, request, source, copy } = await setUp();
    await chmod(source, 0o640);
    await database.createBranch(request('first'));
    expect((await stat(copy)).mode & 0o777).toBe(0o640);
  });

  it('puts the path into the URL as it is', async () => {
    const { database, request, copy } = await setUp({ settings: { url: 'sqlite://{file}?mode=rw&again={file}' } });
    const branch = await database.createBranch({ ...request('first') });
    expect(branch?.variables).toEqual({ DATABASE_URL: `sqlite://${copy}?mode=rw&again=${copy}` });
  });

  it('takes dollar signs in paths as they are', async () => {
    const { database, request, root } = await setUp();
    const worktree = join(root, "$& $1 $'");
    await mkdir(worktree);
    const branch = await database.createBranch({ ...request('first'), worktree });
    expect(branch?.variables['DATABASE_URL']).toBe(`file:${worktree}/data/app.db`);
  });
});

describe('an sqlite database refuses', () => {
  it('to invent what is missing', async () => {
    const { database, request, mainWorktree, copy } = await setUp();
    await rm(join(mainWorktree, 'data'), { recursive: true });
    const text = `Database file "data/app.db" does not exist in "${mainWorktree}". Create it (run the app or its migrations once), or set "database" to { "type": "none" }.`;
    await expect(refusal(database.createBranch(request('first')))).resolves.toBe(text);
    await expect(refusal(database.resetBranch(request('first')))).resolves.toBe(text);
    expect(existsSync(dirname(copy))).toBe(false);
  });

  it.each(['../app.db', '/tmp/app.db', 'data/../../app.db', '.', 'data/..', '..'])('the file %j', async (file) => {
    const { database, request } = await setUp({ settings: { file } });
    for (const act of [database.createBranch, database.resetBranch, database.removeBranch]) {
      await expect(refusal(act(request('first')))).resolves.toContain(`Database file "${file}" lies outside the workspace.`);
    }
  });

  it('a folder that leads to the main worktree, and removes nothing there', async () => {
    const { database, request, mainWorktree, source, root } = await setUp();
    await symlink(join(mainWorktree, 'data'), join(root, 'first/data'));
    await expect(refusal(database.createBranch(request('first')))).resolves.toContain('points outside the worktree');
    await expect(refusal(database.resetBranch(request('first')))).resolves.toContain('points outside the worktree');
    await database.removeBranch(request('first'));
    expect(await countRows(source)).toBe(100);
  });

  it('a link in place of the copy', async () => {
    const { database, request, source, copy } = await setUp();
    await mkdir(dirname(copy));
    await symlink(source, copy);
    await expect(refusal(database.createBranch(request('first')))).resolves.toContain('is not a regular file');
    await database.removeBranch(request('first'));
    expect(await countRows(source)).toBe(100);
  });

  it('the original in place of the copy', async () => {
    const { database, request, mainWorktree, source, copy } = await setUp();
    await mkdir(dirname(copy));
    await link(source, copy);
    await expect(refusal(database.createBranch(request('first')))).resolves.toContain("is the main worktree's own database");
    const main = { ...request('first'), worktree: mainWorktree };
    await expect(refusal(database.resetBranch(main))).resolves.toContain('not a copy');
    await database.removeBranch(main);
    expect(await countRows(source)).toBe(100);
  });

  it.each(['data', 'data/notes.txt'])('%j, which is no database', async (file) => {
    const { database, request, mainWorktree } = await setUp({ settings: { file } });
    await writeFile(join(mainWorktree, 'data/notes.txt'), 'These are notes of more than 16 bytes.');
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /is not (a file|an SQLite database)\. Set "database\.file" to one\./,
    );
  });
});

describe('the choice of a method', () => {
  const missing = method({ kind: 'unavailable', reason: 'not here' }, { name: 'one' });
  const broken = method({ kind: 'failed', reason: 'database is locked' }, { name: 'two', leaves: 'half a copy' });

  it('goes on to the next one, and clears what one left', async () => {
    const { database, request, copy, progress } = await setUp({
      methods: [missing, method({ kind: 'unavailable', reason: 'x' }, { leaves: 'half' }), createPlainCopy()],
    });
    await database.createBranch(request('first'));
    expect(await countRows(copy)).toBe(100);
    expect(progress.at(-1)).toBe('Copied database data/app.db (plain copy)');
  });

  it('ends with what to install', async () => {
    const { database, request, source, copy } = await setUp({ methods: [missing, createPlainCopy()] });
    await startWriter(source);
    await expect(refusal(database.createBranch(request('first')))).resolves.toBe(
      `Database "${source}" could not be copied (one: not here; plain copy: the database is in use). Install better-sqlite3 or libsql in the workspace, or the program sqlite3, or use Node 22.13 or later. Or end the programs that use the database.`,
    );
    expect(await readdir(dirname(copy))).toEqual([]);
  });

  it('never copies blindly what SQLite refused', async () => {
    const { database, request, source, copy } = await setUp({ methods: [broken, createPlainCopy()] });
    await expect(refusal(database.createBranch(request('first')))).resolves.toContain(
      `Database "${source}" could not be copied (two: database is locked).`,
    );
    expect(await readdir(dirname(copy))).toEqual([]);
  });

  it('leaves a branch as it is when its reset fails', async () => {
    const { request, database, copy } = await setUp();
    await database.createBranch(request('first'));
    const before = await readFile(copy);
    const failing = createSqliteDatabase(SETTINGS, { commands: createSpawnedCommands(), env: {} }, [broken]);
    await refusal(failing.resetBranch(request('first')));
    expect((await readFile(copy)).equals(before)).toBe(true);
  });

  it('does not trust a copy that is none', async () => {
    const { database, request, copy } = await setUp({
      methods: [method({ kind: 'copied', by: 'scripted' }, { leaves: 'This is no database at all.' })],
    });
    await expect(database.createBranch(request('first'))).rejects.toThrow('has no SQLite header');
    expect(existsSync(copy)).toBe(false);
  });

  it('uses the database of a checkout that is used as it is, and neither resets nor removes it', async () => {
    const { database, request, mainWorktree, source } = await setUp();
    const here = { ...request('main'), worktree: mainWorktree };
    await expect(database.createBranch(here)).resolves.toMatchObject({ variables: { DATABASE_URL: `file:${source}` } });
    expect(await refusal(database.resetBranch(here))).toContain('not a copy');
    await database.removeBranch(here);
    expect(existsSync(source)).toBe(true);
  });
});
