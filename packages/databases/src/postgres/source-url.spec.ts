import { requireSource, urlOfDatabase } from './source-url.js';

const urlFor = (url: string): string => urlOfDatabase(requireSource('DATABASE_URL', { DATABASE_URL: url }), 'shop_issue_1');

describe('the URL of a branch', () => {
  it.each([
    [
      'postgresql://app:secret@db.example.com:5433/shop?sslmode=verify-full',
      'postgresql://app:secret@db.example.com:5433/shop_issue_1?sslmode=verify-full',
    ],
    ['postgres://app:p%40ss%2Fw%24rd@localhost/shop', 'postgres://app:p%40ss%2Fw%24rd@localhost/shop_issue_1'],
    ['postgres://app:p^w$&$1@localhost/shop', 'postgres://app:p^w$&$1@localhost/shop_issue_1'],
    [
      'postgresql://app@[::1]:5432/shop?schema=public&connection_limit=5',
      'postgresql://app@[::1]:5432/shop_issue_1?schema=public&connection_limit=5',
    ],
    ['postgresql://app@/shop?host=/var/run/postgresql', 'postgresql://app@/shop_issue_1?host=/var/run/postgresql'],
  ])('keeps all of %s but the database', (url, expected) => {
    expect(urlFor(url)).toBe(expected);
  });

  it('reads what the server is from the URL', () => {
    expect(requireSource('DATABASE_URL', { DATABASE_URL: 'postgresql://app:p%40ss@db.example.com:5433/caf%C3%A9%23%2F' })).toMatchObject({
      host: 'db.example.com',
      port: 5433,
      user: 'app',
      password: 'p@ss',
      database: 'café#/',
    });
  });
});
