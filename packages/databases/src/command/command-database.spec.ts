import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { settingsSchema, UserError, type Command, type DatabaseBranch, type DatabaseBranchRequest } from '@nx-fleet/core';
import { describeDatabase, describeOutsideDatabase, type DatabaseProbe } from '../database.contract.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';
import { createCommandDatabase } from './command-database.js';
import type { CommandSettings } from './run-program.js';

/** A database is a file here: `node program.cjs create|reset|remove|list [name]`. */
const PROGRAM = `
const { copyFileSync, constants, readdirSync, rmSync } = require('node:fs');
const [verb, name] = process.argv.slice(2);
const file = __dirname + '/branches/' + name;
const copy = (mode) => {
  try {
    copyFileSync(__dirname + '/original', file, mode);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
};
if (verb === 'remove') rmSync(file, { force: true });
if (verb === 'list') console.log(readdirSync(__dirname + '/branches').join('\\n') + '\\nsome other line');
if (verb === 'create') copy(constants.COPYFILE_EXCL);
if (verb === 'reset') copy(0);
if (verb === 'create' || verb === 'reset') {
  console.error('opened file://' + file + '?password=of-the-branch');
  console.log('DATABASE_URL=file://' + file + '?password=of-the-branch');
  console.log('OTHER_TOKEN=not-asked-for');
  console.log('made ' + name);
}
`;

const probe: DatabaseProbe = {
  mark: (branch) => writeFile(fileOf(branch), 'marked'),
  isMarked: async (branch) => (await readFile(fileOf(branch), 'utf8')) === 'marked',
};

function fileOf(branch: DatabaseBranch): string {
  return new URL(branch.variables['DATABASE_URL'] ?? '').pathname;
}

function commandSettings(input: Record<string, unknown>): CommandSettings {
  const { database } = settingsSchema.parse({ database: { type: 'command', ...input } });
  if (database.type !== 'command') {
    throw new Error('These settings are of another type.');
  }
  return database;
}

const words = (verb: string, ...more: readonly string[]): readonly string[] => [process.execPath, 'program.cjs', verb, ...more];
const WITHOUT_LIST = { create: words('create', '{name}'), remove: words('remove', '{name}') };
const WITH_LIST = { ...WITHOUT_LIST, list: words('list'), reset: words('reset', '{name}') };

async function setUp(input: Record<string, unknown>, env: Record<string, string> = {}) {
  const folder = await createTemporaryFolder();
  await mkdir(join(folder, 'branches'));
  await writeFile(join(folder, 'original'), 'original');
  await writeFile(join(folder, 'program.cjs'), PROGRAM);
  const commands = createSpawnedCommands();
  const lines: string[] = [];
  const request = (more: Partial<DatabaseBranchRequest> = {}): DatabaseBranchRequest => ({
    repository: 'shop',
    clone: 'c10e0001',
    mainWorktree: folder,
    worktree: join(folder, 'linked'),
    project: 'issue-1',
    generation: 'a1a1a1a1',
    onProgress: (line) => lines.push(line),
    ...more,
  });
  return { folder, commands, lines, request, database: createCommandDatabase(commandSettings(input), { commands, env }) };
}

const makeWith = (input: Record<string, unknown>) => async () => {
  const { folder, database, request } = await setUp(input);
  return {
    database,
    request: (worktree: 'first' | 'second') => request({ project: worktree === 'first' ? 'issue-1' : 'issue-2' }),
    readOriginal: () => readFile(join(folder, 'original'), 'utf8'),
    probe,
    strangers: null,
  };
};

const failureOf = async (work: Promise<unknown>): Promise<UserError> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
};

afterEach(removeTemporaryFolders);

describeOutsideDatabase('A program that lists', makeWith(WITH_LIST));
describeDatabase('A program that does not list', makeWith(WITHOUT_LIST));

describe('a database of programs', () => {
  it('gives each word its name and project, and no shell', async () => {
    const input = { ...WITHOUT_LIST, create: [...words('create', '{name}'), '--for={project}; echo $HOME', '{other}'] };
    const { commands, database, request } = await setUp(input);
    await database.createBranch(request());
    expect(commands.log[0]?.args).toEqual(['program.cjs', 'create', 'shop_issue_1_c10e0001', '--for=issue-1; echo $HOME', '{other}']);
  });

  it('runs programs in the main worktree, with the allowed environment and what the settings add', async () => {
    const env = { PATH: process.env['PATH'] ?? '', GITHUB_TOKEN: 'token-of-ours', DB_ADMIN: 'admin' };
    const { commands, database, request, folder } = await setUp({ ...WITHOUT_LIST, passEnv: ['DB_ADMIN'] }, env);
    await database.createBranch(request());
    const command: Command | undefined = commands.log[0];
    expect(command).toMatchObject({ cwd: folder, env: { PATH: env.PATH, DB_ADMIN: 'admin' } });
    expect(command?.env).not.toHaveProperty('GITHUB_TOKEN');
  });

  it('takes exactly its variables, and shows the rest without their values', async () => {
    const { database, lines, request } = await setUp(WITHOUT_LIST);
    const branch = await database.createBranch(request());
    expect(branch).toEqual({
      description: 'command shop_issue_1_c10e0001',
      variables: { DATABASE_URL: expect.stringContaining('password=of-the-branch') as string },
    });
    expect(lines).toEqual(['made shop_issue_1_c10e0001', 'opened ***']);
  });

  it('says which variable a program did not print', async () => {
    const { database, request } = await setUp({ ...WITHOUT_LIST, variables: ['DATABASE_URL', 'DIRECT_URL'] });
    const error = await failureOf(database.createBranch(request()));
    expect(error.message).toContain('no line "DIRECT_URL=…"');
    expect(inspect(error, { depth: Infinity })).not.toContain('of-the-branch');
  });

  it('says how a program failed, in one line and without a value that it printed', async () => {
    const script = `console.log('DATABASE_URL=secret-url-of-it'); console.error('\\u001b[31mno room for\\nsecret-url-of-it'); process.exit(4)`;
    const { database, request } = await setUp({ ...WITHOUT_LIST, create: [process.execPath, '-e', script] });
    const error = await failureOf(database.createBranch(request()));
    expect(error.message).toMatch(/"database\.create" failed \(exit code 4\): \*\*\*\. Fix it/);
    expect(inspect(error, { depth: Infinity })).not.toContain('secret-url-of-it');
  });

  it('says which program is missing', async () => {
    const { database, request } = await setUp({ ...WITHOUT_LIST, create: ['no-such-program-of-a-team'] });
    expect((await failureOf(database.createBranch(request()))).message).toContain(
      '"no-such-program-of-a-team" of "database.create" was not found',
    );
  });

  it('lists what it can read back only, and never takes a shortened name for an orphan', async () => {
    const { database, request, folder } = await setUp(WITH_LIST);
    const long = request({ project: 'issue-with-a-name-that-is-much-too-long-for-a-database' });
    await database.createBranch(request({ generation: 'mb3k2x-4711' }));
    await database.createBranch(long);
    for (const stranger of [
      'shop_production',
      'shop_issue_1_ffffffff_a1a1a1a1',
      'shop__c10e0001_',
      'shop_issue_1_c10e0001_',
      'c10e0001',
      'SHOP_issue_1_c10e0001_a1',
    ]) {
      await writeFile(join(folder, 'branches', stranger), 'theirs');
    }
    await expect(database.listBranches(request())).resolves.toEqual([
      { project: 'issue-1', generation: 'mb3k2x-4711', name: 'shop_issue_1_c10e0001_mb3k2x_4711' },
    ]);
    await database.removeBranch(long);
    await database.removeBranch(request());
    expect(await readdir(join(folder, 'branches'))).toHaveLength(6);
  });

  it('keeps names within 63 bytes, whatever the project is called', async () => {
    const { database, request } = await setUp(WITH_LIST);
    for (const project of ['issue-'.padEnd(200, 'x'), 'ausgabe-größe-日本語', '🚀']) {
      const branch = await database.createBranch(request({ project, generation: 'mb3k2x1z-4194304' }));
      expect(
        fileOf(branch as DatabaseBranch)
          .split('/')
          .at(-1),
      ).toMatch(/^[a-z0-9_]{1,63}$/);
    }
  });

  it('finds without a list what an earlier generation left, and resets it', async () => {
    const { database, request } = await setUp(WITHOUT_LIST);
    await probe.mark((await database.createBranch(request())) as DatabaseBranch);
    const again = request({ generation: 'b2b2b2b2' });
    await expect(probe.isMarked((await database.createBranch(again)) as DatabaseBranch)).resolves.toBe(true);
    await expect(probe.isMarked((await database.resetBranch(again)) as DatabaseBranch)).resolves.toBe(false);
    await expect(database.listBranches(again)).resolves.toEqual([]);
  });
});
