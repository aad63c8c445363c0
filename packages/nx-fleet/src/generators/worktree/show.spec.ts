import { exportedVariables } from './show.js';

const found = (env: Record<string, string>, files: Record<string, Record<string, string>> = {}, variables = ['DATABASE_URL']) =>
  exportedVariables('/repo', { host: { env, readVariables: async (file) => files[file] ?? {} }, database: { variables } });

describe('variables that a shell exports', () => {
  it('are those of the database that no env file of the root gives', async () => {
    expect(await found({ DATABASE_URL: 'postgres://team', PGHOST: 'team', PORT: '1', OTHER: 'x' })).toEqual(['DATABASE_URL', 'PGHOST']);
    expect(await found({ DATABASE_URL: 'x' }, { '/repo/.env': { DATABASE_URL: 'y' } })).toEqual(['DATABASE_URL']);
  });

  it.each([
    ['the same value stands in an env file', { DATABASE_URL: 'x' }, { '/repo/.env.local': { DATABASE_URL: 'x' } }],
    ['an env file expands its value', { DATABASE_URL: 'x' }, { '/repo/.env': { DATABASE_URL: '${BASE}/x' } }],
    ['it is empty', { DATABASE_URL: '' }, {}],
  ])('are not, where %s', async (_, env, files) => {
    expect(await found(env, files)).toEqual([]);
  });

  it('are none without a database', async () => {
    expect(await found({ DATABASE_URL: 'x', PGHOST: 'y' }, {}, [])).toEqual([]);
  });
});
