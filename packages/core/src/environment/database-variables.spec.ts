import { leadsToDatabase, namesSharedDatabase, ownPartNamed, partNamed, parseDatabaseUrl, joinDatabaseUrl } from './database-variables.js';

describe('variables of a database', () => {
  it.each([
    ['DB_HOST', 'host', 'host'],
    ['DBHOST', 'host', 'host'],
    ['db_port', 'port', 'port'],
    ['PGUSER', 'user', 'user'],
    ['POSTGRES_DB', 'database', 'database'],
    ['DATABASE_USERNAME', 'user', 'user'],
    ['TYPEORM_PASSWORD', 'password', 'password'],
    ['DB_PASS', 'password', 'password'],
    ['PG_DATABASE', 'database', 'database'],
    ['MYSQL_HOST', 'host', null],
    ['ANALYTICS_DB_HOST', 'host', null],
    ['PGHOST_UNPOOLED', null, null],
    ['PAGE_SIZE', null, null],
    ['HOST', null, null],
    ['PORT', null, null],
    ['REDIS_DB', null, null],
    ['DB_POOL', null, null],
  ])('%s holds the part %j, and of our own database %j', (name, part, own) => {
    expect([partNamed(name), ownPartNamed(name)]).toEqual([part, own]);
  });

  it.each([
    ['postgres://h/db', true, true],
    ['{"url":"mysql://u:p@h/db"}', true, true],
    ['see mongodb+srv://h', true, true],
    ['jdbc:postgresql://h/db', true, true],
    ['rediss://cache', true, false],
    ['file:/data/app.db', true, true],
    ['file:./dev.db', false, false],
    ['sqlite:///data/app.db', true, true],
    ['https://api.example.com', false, false],
    ['', false, false],
  ])('%j leads out of a worktree: %s; is a database that worktrees share: %s', (value, leads, isShared) => {
    expect([leadsToDatabase(value), namesSharedDatabase('X', value)]).toEqual([leads, isShared]);
  });

  it('name a shared database by its host too, if they name one', () => {
    expect([namesSharedDatabase('DB_HOST', 'db.example'), namesSharedDatabase('DB_HOST', ''), namesSharedDatabase('DB_NAME', 'x')]).toEqual(
      [true, false, false],
    );
  });
});

describe('the parts of a URL', () => {
  it('are decoded, and make the URL again', () => {
    const parts = { host: '::1', port: '5432', user: 'me@home', password: 'p$s/', database: 'shop dev' };
    expect(parseDatabaseUrl('postgresql://me%40home:p%24s%2F@[::1]/shop%20dev?schema=x')).toEqual(parts);
    const env = { DB_HOST: '::1', DB_USER: 'me@home', DB_PASSWORD: 'p$s/', PGDATABASE: 'shop dev', DB_NAME: '' };
    expect(parseDatabaseUrl(joinDatabaseUrl(env) ?? '')).toEqual(parts);
  });

  it('are none where there is no host or name', () => {
    expect([
      parseDatabaseUrl('file:/a.db'),
      parseDatabaseUrl('memory:x'),
      parseDatabaseUrl(''),
      parseDatabaseUrl('postgres://u:%@h/d'),
    ]).toEqual([null, null, null, null]);
    expect([joinDatabaseUrl({ DB_HOST: 'h' }), joinDatabaseUrl({ MYSQL_HOST: 'h', MYSQL_DATABASE: 'd' })]).toEqual([null, null]);
  });
});
