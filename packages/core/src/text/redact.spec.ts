import { createLineRedactor, createRedactor, findSecrets } from './redact.js';

const redact = (env: Record<string, string>, text: string): string => createRedactor(findSecrets(env))(text);

describe('redaction', () => {
  it('replaces the values of names that say they are secret', () => {
    expect(redact({ API_KEY: 'abcdefgh', PORT: '20040000' }, 'key abcdefgh on 20040000')).toBe('key *** on 20040000');
  });

  it('replaces a URL as a whole, and its password alone', () => {
    const env = { DATABASE_URL: 'postgres://app:pass-word-1@db.example/db', HTTP_PROXY: 'http://me:proxy-pass@proxy:1' };
    expect(redact(env, 'postgres://app:pass-word-1@db.example/db pass-word-1 proxy-pass')).toBe('*** *** ***');
  });

  it('finds a secret that JSON has escaped', () => {
    const secret = 'a"b\\c\nd-and-more';
    expect(redact({ TOKEN: secret }, JSON.stringify({ text: secret }))).toBe('{"text":"***"}');
  });

  it('finds each line of a secret of several lines', () => {
    expect(redact({ SIGNING_KEY: 'first-line-of-key\nsecond-line-of-key' }, 'x second-line-of-key')).toBe('x ***');
  });

  it('takes the longer of two secrets first', () => {
    expect(redact({ A_KEY: 'abcdefgh', B_KEY: 'abcdefghijkl' }, 'abcdefghijkl abcdefgh')).toBe('*** ***');
  });

  it('finds a secret as a URL writes it, and one that a URL holds', () => {
    expect(redact({ TOKEN: 'pass/word+1' }, 'https://x/?t=pass%2Fword%2B1')).toBe('https://x/?t=***');
    expect(redact({ PROXY: 'http://me:p%40ss-word@proxy' }, 'p@ss-word')).toBe('***');
  });

  it('finds what the query of a URL calls a secret, alone and in the URL', () => {
    const env = { DATABASE_URL: 'file:/tmp/app.db?password=of-the-branch', TURSO: 'libsql://db.example/?authToken=eyJhbGciOi.x' };
    expect(redact(env, 'of-the-branch eyJhbGciOi.x')).toBe('*** ***');
    expect(redact(env, 'opened file:/tmp/app.db?password=of-the-branch')).toBe('opened ***');
  });

  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nafter', '-----BEGIN RSA PRIVATE KEY-----***\nafter'],
    [
      String.raw`{"t":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"}`,
      String.raw`{"t":"-----BEGIN PRIVATE KEY-----***\n"}`,
    ],
    ['{"t":"-----BEGIN PRIVATE KEY-----"}\n{"t":"x"}', '{"t":"-----BEGIN PRIVATE KEY-----***"}\n{"t":"x"}'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\ncut off', '-----BEGIN OPENSSH PRIVATE KEY-----***'],
    ['ghp_0123456789abcdefghijABCDEFGHIJ012345', '***'],
    ['key AKIAIOSFODNN7EXAMPLE.', 'key ***.'],
    [`sk-${'a1'.repeat(12)}`, '***'],
    ['postgres://app:hunter2@db/prod', 'postgres://app:***@db/prod'],
    ['"redis://:hunter2@cache"', '"redis://:***@cache"'],
  ])('knows a secret by its form: %j', (text, shown) => {
    expect(redact({}, text)).toBe(shown);
  });

  it.each([
    'http://localhost:3000/@scope/a',
    'git@github.com:acme/shop.git',
    'see https://example.com:8080/a?b=c@d',
    '-----BEGIN CERTIFICATE-----',
    'sk-short',
    'author Ada <ada@example.com>',
  ])('leaves alone what only looks a little like one: %s', (text) => {
    expect(redact({ GIT_AUTHOR_NAME: 'Ada Lovelace', PWD: '/home/ada/shop' }, text)).toBe(text);
  });

  it.each([
    ['DATABASE_URL', 'postgres://postgres:postgres@localhost:5432/shop?schema=public'],
    ['APP_URL', 'http://localhost:3000'],
    ['WEB_URL', 'http://127.0.0.1:4200/health'],
    ['V6_URL', 'http://[::1]:3000'],
    ['DB_URL', 'localhost:5432'],
    ['API_URL', 'https://shop.example.com/'],
    ['SQLITE_URL', 'file:/home/ada/shop/data/app.db'],
    ['DB_PASSWORD', 'postgres'],
    ['ADMIN_PASSWORD', 'Password'],
    ['KEY_USER', 'administrator'],
    ['JWT_SECRET', 'changeme'],
  ])('leaves alone what is no secret, whatever it is called: %s=%s', (name, value) => {
    const text = `FAIL packages/catalog/src/postgres/client.spec.js: ${value} http://localhost:3000/health`;
    expect(redact({ [name]: value }, text)).toBe(text);
  });

  it('hides the password of a database on this machine, and nothing else of its URL', () => {
    const url = 'postgres://app:s3cret-word@127.0.0.1:5432/shop';
    expect(redact({ DATABASE_URL: url }, `${url} s3cret-word`)).toBe('postgres://app:***@127.0.0.1:5432/shop ***');
    expect(redact({ APP_URL: 'http://localhost:3000/?token=abcd1234' }, 'http://localhost:3000/?token=abcd1234')).toBe('***');
  });

  it('takes whole words only, as long as another word may hold a secret by chance', () => {
    const env = { API_KEY: 'catalogs', SIGNING_KEY: 'abcdef0123456789' };
    expect(redact(env, 'src/catalogs/subcatalogs.ts catalogsearch catalogs.')).toBe('src/***/subcatalogs.ts catalogsearch ***.');
    expect(redact(env, 'xabcdef0123456789x')).toBe('x***x');
  });

  it.each(['\\n', '\\u001b', '%3D', '\u001b[31m', '[31m', '=', '"', '_', '/', '\n'])('finds a secret after %j', (before) => {
    expect(redact({ API_KEY: 'catalogs' }, `${before}catalogs`)).toBe(`${before}***`);
  });

  it('leaves values too short to be a secret', () => {
    expect(redact({ API_KEY: 'dummy', EMPTY_TOKEN: '' }, 'a dummy text')).toBe('a dummy text');
  });

  it.each([
    [
      ['-----BEGIN RSA PRIVATE KEY-----', 'Proc-Type: 4,ENCRYPTED', '', 'MIIE+/w=', '-----END RSA PRIVATE KEY----- after', 'MIIE'],
      ['-----BEGIN RSA PRIVATE KEY-----***', '***', '***', '***', '*** after', 'MIIE'],
    ],
    [
      ['x -----BEGIN PRIVATE KEY-----', 'MIIE', 'cut off: by (this)', 'MIIE more'],
      ['x -----BEGIN PRIVATE KEY-----***', '***', 'cut off: by (this)', 'MIIE more'],
    ],
    [
      ['-----BEGIN PRIVATE KEY-----', 'it failed, then', 'abcdefgh'],
      ['-----BEGIN PRIVATE KEY-----***', 'it failed, then', '***'],
    ],
  ])('remembers from line to line that a private key has begun: %j', (lines, shown) => {
    expect(lines.map(createLineRedactor(createRedactor(['abcdefgh'])))).toEqual(shown);
  });
});
