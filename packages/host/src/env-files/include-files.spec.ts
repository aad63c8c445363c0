import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IncludeRequest } from '@nx-fleet/core';
import { startSourceProcess } from '../../../system/src/testing/source-process.js';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { classifyIncluded, includeFiles } from './include-files.js';

describe('what kind a file is', () => {
  it.each([
    ['config/local.json', 'plain'],
    ['.env', 'env file'],
    ['apps/web/.env.local', 'env file'],
    ['apps/web/staging.env', 'env file'],
    ['.env.example', 'plain'],
    ['.env.local.template', 'plain'],
    ['.environment', 'plain'],
    ['.envrc', 'env script'],
    ['.env.production', 'never'],
    ['.env.prod', 'never'],
    ['apps/web/.env.prod.local', 'never'],
    ['.env.products', 'env file'],
    ['apps/web/.env.production.local', 'never'],
    ['.env.production.example', 'never'],
    ['.env.build.production.local', 'never'],
    ['production.env', 'never'],
    ['.env.reproduction', 'env file'],
    ['../.env', 'never'],
    ['a/../../.env', 'never'],
    ['/etc/passwd', 'never'],
    ['a\0b', 'never'],
    ['node_modules/a/.env', 'elsewhere'],
    ['apps/web/node_modules/x', 'elsewhere'],
    ['node_modules', 'elsewhere'],
    ['sub/.git/config', 'elsewhere'],
    ['.nx/workspace-data/x', 'elsewhere'],
  ])('%j is %s', (file, kind) => {
    expect(classifyIncluded(file)).toBe(kind);
  });
});

describe('including files', () => {
  const folder = useTemporaryFolder();
  const main = (...names: readonly string[]): string => path.join(folder(), 'main', ...names);
  const linked = (...names: readonly string[]): string => path.join(folder(), 'linked', ...names);
  const include = (paths: readonly string[], more: Partial<IncludeRequest> = {}) =>
    includeFiles({
      from: main(),
      to: linked(),
      paths,
      mayCarry: (name) => !name.startsWith('SECRET'),
      isFilled: (name) => name.endsWith('OWN'),
      ...more,
    });
  const write = (file: string, text: string | Buffer): void => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const mode = (file: string): number => statSync(file).mode & 0o777;

  beforeEach(() => {
    mkdirSync(main());
    mkdirSync(linked());
  });

  it('copies files into folders that are made for them, with their bytes and modes', async () => {
    write(main('config', 'deep', 'run.sh'), Buffer.from([0, 255, 10, 13]));
    chmodSync(main('config', 'deep', 'run.sh'), 0o750);
    expect(await include(['config/deep/run.sh'])).toEqual({ copied: ['config/deep/run.sh'], skipped: [], databases: [], withheld: [] });
    expect(readFileSync(linked('config', 'deep', 'run.sh'))).toEqual(Buffer.from([0, 255, 10, 13]));
    expect(mode(linked('config', 'deep', 'run.sh'))).toBe(0o750);
    expect(readdirSync(linked('config', 'deep'))).toEqual(['run.sh']);
  });

  it('copies env files without what may not be carried, for their owner only', async () => {
    write(main('.env'), '# mine\r\nA="x\r\ny"\r\nSECRET_KEY=1\r\n');
    write(main('apps', '.env.local'), 'export SECRET_B=2\nB=größe\n');
    expect(await include(['.env', 'apps/.env.local'])).toEqual({
      copied: ['.env', 'apps/.env.local'],
      skipped: [],
      databases: [],
      withheld: ['SECRET_KEY', 'SECRET_B'],
    });
    expect(readFileSync(linked('.env'), 'utf8')).toBe('# mine\r\nA="x\r\ny"\r\n');
    expect(readFileSync(linked('apps', '.env.local'), 'utf8')).toBe('B=größe\n');
    expect(mode(linked('.env'))).toBe(0o600);
  });

  it('leaves an example of an env file whole', async () => {
    write(main('.env.example'), 'SECRET_KEY=put yours here\n');
    chmodSync(main('.env.example'), 0o644);
    expect((await include(['.env.example'])).withheld).toEqual([]);
    expect(readFileSync(linked('.env.example'), 'utf8')).toContain('SECRET_KEY');
    expect(mode(linked('.env.example'))).toBe(0o644);
  });

  it('overwrites nothing, be it a link to nowhere', async () => {
    for (const file of ['a', 'b']) write(main(file), 'theirs');
    write(linked('a'), 'mine');
    symlinkSync('nowhere', linked('b'));
    expect(await include(['a', 'b'])).toEqual({ copied: [], skipped: [], databases: [], withheld: [] });
    expect(readFileSync(linked('a'), 'utf8')).toBe('mine');
    expect(readdirSync(linked()).toSorted()).toEqual(['a', 'b']);
  });

  it('skips what is no regular file, cannot be read as text, is production, or is not there', async () => {
    write(main('real'), 'x');
    symlinkSync('real', main('link'));
    mkdirSync(main('folder'));
    execFileSync('mkfifo', [main('pipe')]);
    write(main('.env.production'), 'A=1');
    write(main('.env.utf16'), Buffer.from('SECRET=1\n', 'utf16le'));
    const paths = ['link', 'folder', 'pipe', '.env.production', '.env.utf16', 'gone', '../main/real'];
    expect(await include(paths)).toEqual({ copied: [], skipped: paths, databases: [], withheld: [] });
    expect(readdirSync(linked())).toEqual([]);
  });

  it('reads and writes nothing outside of the two roots through a folder that is a link', async () => {
    write(path.join(folder(), 'outside', 'secret'), 'x');
    symlinkSync('../outside', main('out'));
    mkdirSync(main('in'));
    write(main('in', 'file'), 'x');
    symlinkSync('../outside', linked('in'));
    expect((await include(['out/secret', 'in/file'])).skipped).toEqual(['out/secret', 'in/file']);
    expect(readdirSync(path.join(folder(), 'outside'))).toEqual(['secret']);
  });

  it('passes over what other steps see to, without a word', async () => {
    write(main('node_modules', 'a', '.env'), 'A=1');
    expect(await include(['node_modules/a/.env', '.nx/x', '.git/config'])).toEqual({
      copied: [],
      skipped: [],
      databases: [],
      withheld: [],
    });
  });

  it('leaves out databases, whatever they are called and however they are reached, and what belongs to one', async () => {
    const sqlite = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84)]);
    for (const file of ['data/app.db', 'notes', 'deep/er/cache.bin']) write(main(file), sqlite);
    for (const file of ['data/app.db-wal', 'data/app.db-shm', 'data/app.db-journal', 'pg/base/1/16384', 'mysql/shop/t.ibd', 'mongo/x.wt']) {
      write(main(file), 'x');
    }
    write(main('pg', 'PG_VERSION'), '15\n');
    write(main('mysql', 'ibdata1'), 'x');
    write(main('mongo', 'WiredTiger'), 'x');
    write(main('duck'), Buffer.from('12345678DUCK0000'));
    linkSync(main('data', 'app.db'), main('linked.db'));
    const databases = [
      'data/app.db',
      'notes',
      'deep/er/cache.bin',
      'data/app.db-wal',
      'data/app.db-shm',
      'data/app.db-journal',
      'pg/base/1/16384',
      'pg/PG_VERSION',
      'mysql/shop/t.ibd',
      'mongo/x.wt',
      'duck',
      'linked.db',
    ];
    write(main('x-journal'), 'of nothing');
    symlinkSync('data/app.db', main('link.db'));
    expect(await include([...databases, 'x-journal', 'link.db'])).toEqual({
      copied: ['x-journal'],
      skipped: ['link.db'],
      databases,
      withheld: [],
    });
    expect(readdirSync(linked())).toEqual(['x-journal']);
  });

  it('leaves out settings of other kinds that name a database', async () => {
    write(main('config/local.json'), '{ "db": "postgres://u:p@db.example/shop" }');
    write(main('config/other.json'), '{ "api": "https://api.example" }');
    const { copied, databases } = await include(['config/local.json', 'config/other.json']);
    expect([copied, databases]).toEqual([['config/other.json'], ['config/local.json']]);
    expect(readFileSync(linked('config/other.json'), 'utf8')).toBe('{ "api": "https://api.example" }');
  });

  it('keeps the place of variables that the worktree gets a value of its own for', async () => {
    write(main('.env'), 'A=1\nexport SECRET_OWN="x\ny" # why\r\nB=$SECRET_OWN\nOWN=2\n');
    expect((await include(['.env'])).withheld).toEqual([]);
    expect(readFileSync(linked('.env'), 'utf8')).toBe('A=1\nexport SECRET_OWN=\r\nB=$SECRET_OWN\nOWN=2\n');
  });

  it('finishes, with whole files only, what was killed', async () => {
    const text = 'x'.repeat(200_000);
    const files = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? `f${index}` : `d/.env.${index}`));
    files.forEach((file) => write(main(file), `${file}=${text}`));
    const script = `import { includeFiles } from source('host/src/env-files/include-files');
      const [from, to, ...paths] = process.argv.slice(1);
      console.log('ready');
      await includeFiles({ from, to, paths, mayCarry: () => true, isFilled: () => false });`;
    for (let round = 0; round < 4; round += 1) {
      const { child, nextLine, exit } = startSourceProcess(script, [main(), linked(), ...files]);
      await nextLine();
      await new Promise((resolve) => setTimeout(resolve, 3 + round * 12));
      child.kill('SIGKILL');
      await exit;
      for (const file of files.filter((one) => existsSync(linked(one)))) {
        expect(readFileSync(linked(file)).length).toBe(file.length + 1 + text.length);
      }
    }
    await include(files);
    const found = readdirSync(linked(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(found.map((entry) => path.relative(linked(), path.join(entry.parentPath, entry.name))).toSorted()).toEqual(files.toSorted());
  });
});
