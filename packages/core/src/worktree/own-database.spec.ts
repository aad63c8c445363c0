import type { SettingsInput } from '../settings/settings.js';
import { createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { provisionWorktree } from './provision-worktree.js';
import { resetDatabase } from './reset-database.js';
import { branchOfOtherType } from './steps/database-step.js';

const worktree = '/repo.worktrees/issue-42';
const URL = 'postgresql://app:pw%241@127.0.0.1:5432/shop_issue_42';

interface Given {
  readonly committed?: Readonly<Record<string, string>>;
  readonly included?: Readonly<Record<string, string>>;
  readonly settings?: SettingsInput;
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: string;
}

const inFolder = (folder: string, files: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]);

/** A worktree with the base's committed files, and with what the team brings along. */
async function provision({ committed = {}, included = {}, settings = {}, env = {}, url = URL }: Given) {
  const fleet: FakeFleet = createFakeFleet({
    git: { files: committed, included: Object.keys(included), ignored: ['.env.local', ...Object.keys(included)] },
    files: Object.fromEntries(inFolder('/repo', included)),
    env: { PATH: '/usr/bin', ...env },
  });
  const isNone = settings.database?.type === 'none';
  const database: FakeFleet['database'] = {
    ...fleet.database,
    variables: isNone ? [] : ['DATABASE_URL'],
    createBranch: async () => (isNone ? null : { description: 'shop', variables: { DATABASE_URL: url } }),
  };
  const request = provisionRequest(await planInFleet(fleet), fleet, { database: { type: 'postgres' }, ...settings });
  const git: FakeFleet['git'] = {
    ...fleet.git,
    checkoutWorktree: async (path) => {
      await fleet.git.checkoutWorktree(path);
      for (const [file, text] of inFolder(path, committed)) fleet.host.files.set(file, text);
    },
  };
  const { local } = await provisionWorktree(request, { ...fleet, git, database });
  const read = (file: string): Promise<Readonly<Record<string, string>>> => fleet.host.readVariables(`${worktree}/${file}`);
  return { fleet, local, read, setUp: fleet.host.commandLog.length };
}

describe('a worktree that has its own database', () => {
  it('has it in each env file that comes along, whole and in parts, and nowhere else', async () => {
    const { read } = await provision({
      included: {
        '.env': 'DATABASE_URL=x\nDB_HOST=team\nDB_PASSWORD=x\nDB_NAME=x\nDB_PORT=1\nPORT=3000\nOTHER=1',
        'apps/a/.env': 'PGUSER=x',
      },
    });
    const { DATABASE_URL, DB_HOST, DB_PASSWORD, DB_NAME, DB_PORT, PORT, OTHER, ...rest } = await read('.env');
    expect([DATABASE_URL, DB_HOST, DB_PASSWORD, DB_NAME, DB_PORT]).toEqual([URL, '127.0.0.1', 'pw$1', 'shop_issue_42', '5432']);
    expect([PORT === '3000', OTHER, rest]).toEqual([false, '1', {}]);
    expect(await read('apps/a/.env')).toEqual({ PGUSER: 'app' });
    expect(await read('.env.local')).not.toHaveProperty('DB_HOST');
  });

  it('has empty parts while its database could not be made', async () => {
    const { read } = await provision({ included: { '.env': 'DB_HOST=team\nDATABASE_URL=x' }, url: '' });
    expect(await read('.env')).toEqual({ DB_HOST: '', DATABASE_URL: '' });
  });

  it('gives its parts to programs whose own environment has them', async () => {
    const { read } = await provision({ env: { DB_HOST: 'team', PGDATABASE: 'shop', MYSQL_HOST: 'other' } });
    const variables = await read('.env.local');
    expect(variables).toMatchObject({ DB_HOST: '127.0.0.1', PGDATABASE: 'shop_issue_42', DATABASE_URL: URL });
    expect(variables).not.toHaveProperty('MYSQL_HOST');
  });

  it('gives URL and parts to the variables that the settings name', async () => {
    const extraVariables = {
      POSTGRES_URL: '{url}',
      APP_DSN: 'host={host} dbname={database} {other}',
      PRISMA_URL: '{DATABASE_URL}?pgbouncer=true',
    };
    const { read } = await provision({ settings: { database: { type: 'postgres', extraVariables } } });
    expect(await read('.env.local')).toMatchObject({
      POSTGRES_URL: URL,
      APP_DSN: 'host=127.0.0.1 dbname=shop_issue_42 {other}',
      PRISMA_URL: `${URL}?pgbouncer=true`,
    });
  });

  it.each([
    ['.env', '.env.local'],
    ['.env.test', '.env.test.local'],
    ['.env.development', '.env.development.local'],
    ['.test.env', '.env.test.local'],
    ['apps/api/.env', 'apps/api/.env.local'],
    ['apps/api/.env.e2e', 'apps/api/.env.e2e.local'],
  ])('wins over a committed "%s", by "%s"', async (file, sibling) => {
    const { local, read } = await provision({ committed: { [file]: 'DATABASE_URL=postgres://team/db\nDB_NAME=db\nA=1' } });
    expect(local.databaseFailure).toBeUndefined();
    expect(await read(sibling)).toMatchObject({ DATABASE_URL: URL, DB_NAME: 'shop_issue_42' });
    expect(await read(sibling)).not.toHaveProperty('A');
  });
});

describe('a database of another type than the settings name now', () => {
  it('is named by doctor and removal, with how it goes', () => {
    const local = { worktree, ports: {}, database: 'postgres shop_issue_42 at h:5432' };
    expect(branchOfOtherType(local, { type: 'none' })).toContain(
      '"postgres shop_issue_42 at h:5432" was made with "database.type": "postgres"',
    );
    expect(branchOfOtherType(local, { type: 'postgres' })).toBeNull();
    expect(branchOfOtherType({ ...local, database: 'sqlite app.db' }, { type: 'none' })).toBeNull();
    expect(branchOfOtherType({ ...local, database: null }, { type: 'none' })).toBeNull();
  });
});

describe('a committed file that names a database which worktrees would share', () => {
  const setup: SettingsInput = { worktrees: { setup: ['migrate'] } };
  const team = 'postgres://team/db';

  it.each([
    ['.env.test', { '.env.test': `DATABASE_URL=${team}`, '.env.test.local': '' }, 'DATABASE_URL', {}],
    ['apps/api/.env', { 'apps/api/.env': `REPORTING=${team}` }, 'REPORTING', {}],
    ['.env', { '.env': 'MYSQL_HOST=team' }, 'MYSQL_HOST', {}],
    ['.env', { '.env': `DATABASE_URL=${team}` }, 'DATABASE_URL', { database: { type: 'none' } }],
    ['.env', { '.env': 'DB_HOST=localhost' }, 'DB_HOST', { database: { type: 'none' } }],
    ['nx.json', { 'nx.json': JSON.stringify({ targetDefaults: { test: { options: { env: { DB: team } } } } }) }, 'DB', {}],
    [
      'a/project.json',
      { 'a/project.json': JSON.stringify({ targets: { e2e: { options: { commands: ['x', `DB=${team} y`] } } } }) },
      'commands',
      {},
    ],
  ] as const)('keeps setup and stages from running: %s', async (file, committed, name, settings) => {
    const found = await provision({ committed, settings: { ...setup, ...(settings as SettingsInput) } });
    expect(found.local.databaseFailure).toContain(`"${file}" is committed, and its "${name}" names a database`);
    expect(found.fleet.progress.filter((line) => line.startsWith('warning: '))).toEqual([`warning: ${found.local.databaseFailure ?? ''}`]);
    expect(found.setUp).toBe(0);
    const database = {
      ...(settings as SettingsInput).database,
      type: (settings as SettingsInput).database?.type ?? 'postgres',
      shared: [name],
    };
    const allowed = await provision({ committed, settings: { ...setup, database: database as SettingsInput['database'] } });
    expect([allowed.local.databaseFailure, allowed.setUp]).toEqual([undefined, 1]);
  });

  it('ends a reset, and so each stage that comes to it later on the branch', async () => {
    const { fleet } = await provision({});
    fleet.git.filesIn(worktree).set('.env', 'REPORTING=x');
    fleet.host.files.set(`${worktree}/.env`, `REPORTING=${team}`);
    const { location, settings } = provisionRequest(await planInFleet(fleet), fleet, setup);
    const reset = resetDatabase({ project: 'issue-42', location, settings, onProgress: () => {} }, fleet);
    await expect(reset).rejects.toThrow('".env" is committed, and its "REPORTING" names a database');
    expect((await fleet.host.state.readLocal('issue-42'))?.databaseFailure).toContain('REPORTING');
    expect(fleet.host.commandLog).toEqual([]);
  });

  it.each([
    ['an example', { '.env.example': `DATABASE_URL=${team}`, 'apps/a/.env.sample': `X=${team}`, '.env.test.template': `X=${team}` }],
    ['a database in the worktree', { '.env': 'DATABASE_URL=file:./dev.db' }],
    ['an empty value', { '.env': 'OTHER_DATABASE_URL=\nDB_HOST=' }],
    ['a cache', { '.env': 'REDIS_URL=redis://localhost:6379' }],
    [
      'no database',
      { '.env': 'API_URL=https://api.example.com', 'package.json': '{"repository":"https://example.com"}', 'project.json': '{' },
    ],
  ])('is not: %s', async (_, committed) => {
    const { local, setUp } = await provision({ committed, settings: { ...setup, database: { type: 'none' } } });
    expect([local.databaseFailure, setUp]).toEqual([undefined, 1]);
  });
});
