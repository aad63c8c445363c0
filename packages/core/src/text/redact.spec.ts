import { createRedactor, secretsOf } from './redact.js';

const redact = (env: Record<string, string>, text: string): string => createRedactor(secretsOf(env))(text);

describe('redaction', () => {
  it('replaces the values of names that say they are secret', () => {
    expect(redact({ API_KEY: 'abcdefgh', PORT: '20040000' }, 'key abcdefgh on 20040000')).toBe('key *** on 20040000');
  });

  it('replaces a URL as a whole, and its password alone', () => {
    const env = { DATABASE_URL: 'postgres://app:pass-word-1@localhost/db', HTTP_PROXY: 'http://me:proxy-pass@proxy:1' };
    expect(redact(env, 'postgres://app:pass-word-1@localhost/db pass-word-1 proxy-pass')).toBe('*** *** ***');
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

  it('leaves values too short to be a secret', () => {
    expect(redact({ API_KEY: 'dummy', EMPTY_TOKEN: '' }, 'a dummy text')).toBe('a dummy text');
  });
});
