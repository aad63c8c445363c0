import { copyOnServer } from './copy-source.js';
import { createPostgresDatabase } from './postgres-database.js';
import { branchRequest, createSourceDatabase, postgresSettings, runSql, urlIn } from './postgres.fixture.js';
import type { Session } from './session.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { type PostgresCluster, startPostgresCluster } from '../testing/postgres-cluster.js';

/** Answers as a server of a version would; `refuse` is asked before each statement for the code to fail with. */
function fakeSession(version: number, refuse: (text: string) => string | null = () => null) {
  const statements: string[] = [];
  const session: Session = {
    query: async (text) => {
      if (text.startsWith('SELECT')) {
        return [{ version: String(version), bytes: '1000' }] as never[];
      }
      statements.push(text);
      const code = refuse(text);
      if (code !== null) throw Object.assign(new Error('refused'), { code });
      return [];
    },
    identifier: (name) => `"${name}"`,
    literal: (text) => `'${text}'`,
  };
  return { session, statements };
}

const small = { from: 'a', to: 'b', fileCopyFromBytes: 1001 };
const large = { from: 'a', to: 'b', fileCopyFromBytes: 1000 };
const CREATE = 'CREATE DATABASE "b" TEMPLATE "a" ALLOW_CONNECTIONS false';

describe('the statement that copies a database', () => {
  it('names no strategy before PostgreSQL 15', async () => {
    const { session, statements } = fakeSession(140_012);
    await copyOnServer(session, large);
    expect(statements).toEqual([CREATE]);
  });

  it('goes through the log for a small database', async () => {
    const { session, statements } = fakeSession(180_004);
    await copyOnServer(session, small);
    expect(statements).toEqual([`${CREATE} STRATEGY WAL_LOG`]);
  });

  it('copies the files of a large one', async () => {
    const { session, statements } = fakeSession(170_002);
    await copyOnServer(session, large);
    expect(statements).toEqual([`${CREATE} STRATEGY FILE_COPY`]);
  });

  it('clones the files of a large one from PostgreSQL 18 on', async () => {
    const { session, statements } = fakeSession(180_004);
    await copyOnServer(session, large);
    expect(statements).toEqual([`SET file_copy_method = 'clone'`, `${CREATE} STRATEGY FILE_COPY`]);
  });

  it('copies where the server was built without clones', async () => {
    const { session, statements } = fakeSession(180_004, (text) => (text.startsWith('SET') ? '22023' : null));
    await copyOnServer(session, large);
    expect(statements.at(-1)).toBe(`${CREATE} STRATEGY FILE_COPY`);
    expect(statements).toHaveLength(3);
  });

  it('copies where the file system cannot clone', async () => {
    let refused = false;
    const { session, statements } = fakeSession(180_004, (text) => {
      const first = text.startsWith('CREATE') && !refused;
      refused ||= first;
      return first ? 'XX000' : null;
    });
    await copyOnServer(session, large);
    expect(statements.slice(-2)).toEqual(['RESET file_copy_method', `${CREATE} STRATEGY FILE_COPY`]);
  });

  it('is not tried again for what has nothing to do with clones', async () => {
    const { session, statements } = fakeSession(180_004, (text) => (text.startsWith('CREATE') ? '55006' : null));
    await expect(copyOnServer(session, large)).rejects.toMatchObject({ code: '55006' });
    expect(statements).toHaveLength(2);
  });
});

describe('a copy on a real server', () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgresCluster();
    await createSourceDatabase(cluster, 'shop');
  }, 60_000);
  afterAll(() => cluster.stop());

  const checkpoints = async (): Promise<number> => {
    const [row] = await runSql<{ count: string }>(cluster.url('postgres'), 'SELECT num_requested AS count FROM pg_stat_checkpointer');
    return Number(row?.count);
  };
  const create = (project: string, fileCopyFromBytes: number) =>
    createPostgresDatabase(
      postgresSettings(),
      { commands: createSpawnedCommands(), env: { DATABASE_URL: cluster.url('shop') } },
      { fileCopyFromBytes },
    ).createBranch(branchRequest({ project }));

  it('forces checkpoints for files only, and is whole either way', async () => {
    const before = await checkpoints();
    const small = await create('issue-1', Number.MAX_SAFE_INTEGER);
    await expect(checkpoints()).resolves.toBe(before);
    const large = await create('issue-2', 0);
    expect(await checkpoints()).toBeGreaterThan(before);
    for (const branch of [small, large]) {
      await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    }
  });
});
