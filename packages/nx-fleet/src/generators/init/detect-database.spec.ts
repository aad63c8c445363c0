import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { detectSqliteFile } from './detect-database.js';

describe('database detection', () => {
  it.each([
    ['DATABASE_URL="file:./data/app.db"\n', 'data/app.db'],
    ['DATABASE_URL=sqlite://prisma/dev.db?mode=rw\n', 'prisma/dev.db'],
    ['DATABASE_URL=file:../outside.db\n', null],
  ])('reads %j as %j', (text, file) => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('.env', text);
    expect(detectSqliteFile(tree, {}).file).toBe(file);
  });

  it('finds a database file without any variable', () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('data/shop.sqlite3', '');
    expect(detectSqliteFile(tree, {})).toEqual({ file: 'data/shop.sqlite3', found: 'SQLite data/shop.sqlite3' });
  });

  it('names the kind of another database, never its URL', () => {
    const { file, found } = detectSqliteFile(createTreeWithEmptyWorkspace(), { DATABASE_URL: 'postgres://ada:secret@db.example.com/app' });
    expect(file).toBeNull();
    expect(found).toContain('postgres');
    expect(found).not.toContain('secret');
  });
});
