import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { detectDatabase } from './detect-database.js';

const NEON = 'postgres://ada:secret@ep-x-1.eu-central-1.aws.neon.tech/app';

describe('database detection', () => {
  it.each([
    ['DATABASE_URL="file:./data/app.db"\n', { type: 'sqlite', file: 'data/app.db' }],
    ['DATABASE_URL=sqlite://prisma/dev.db?mode=rw\n', { type: 'sqlite', file: 'prisma/dev.db' }],
    ['DATABASE_URL=file:../outside.db\n', null],
    ['DATABASE_URL=postgresql://ada:secret@localhost:5433/app\n', { type: 'postgres' }],
    ['DATABASE_URL=mysql://ada:secret@localhost/app\n', null],
  ])('reads %j as %j', (text, options) => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('.env', text);
    expect(detectDatabase(tree, {}).options).toEqual(options);
  });

  it.each([
    [
      'DB_HOST=127.0.0.1\nDB_PORT=5432\nDB_NAME=shop\nDB_PASSWORD=secret',
      { type: 'postgres' },
      'PostgreSQL on this machine, in parts (DB_HOST,',
    ],
    ['PGHOST=localhost\nPGDATABASE=shop', { type: 'postgres' }, 'in parts (PG'],
    ['DB_HOST=db.example\nDB_NAME=shop\nDB_PORT=5432', null, 'set "database" to { "type": "postgres" }'],
    ['MYSQL_HOST=localhost\nMYSQL_DATABASE=shop', null, 'of type "command"'],
    ['DB_HOST=localhost\nDB_NAME=shop\nDB_PORT=3306', null, 'in parts'],
  ])('finds a database in parts: %j', (text, options, said) => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('.env', text);
    const detected = detectDatabase(tree, {});
    expect(detected.options).toEqual(options);
    expect(detected.found).toContain(said);
    expect(detected.found).not.toContain('secret');
  });

  it('finds a database file without any variable', () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('data/shop.sqlite3', '');
    expect(detectDatabase(tree, {})).toEqual({ options: { type: 'sqlite', file: 'data/shop.sqlite3' }, found: 'SQLite data/shop.sqlite3' });
  });

  it('leaves a server on another machine alone until someone asks for it, and never shows its URL', () => {
    const { options, found } = detectDatabase(createTreeWithEmptyWorkspace(), { DATABASE_URL: 'postgres://ada:secret@db.example.com/app' });
    expect(options).toBeNull();
    expect(found).toContain('"db.example.com"');
    expect(found).not.toContain('secret');
  });

  it('takes Neon when its key and project are in the environment, else says what is missing', () => {
    const tree = createTreeWithEmptyWorkspace();
    const keys = { NEON_API_KEY: 'k', NEON_PROJECT_ID: 'p' };
    expect(detectDatabase(tree, { DATABASE_URL: NEON, ...keys }).options).toEqual({ type: 'neon' });
    const { options, found } = detectDatabase(tree, { DATABASE_URL: NEON });
    expect(options).toBeNull();
    expect(found).toContain('NEON_API_KEY');
  });
});
