import { allowedEnvironment, isCi } from './allowed-environment.js';

const env = {
  PATH: '/usr/bin',
  LC_ALL: 'C',
  XDG_CACHE_HOME: '/c',
  GITHUB_TOKEN: 't',
  NX_CLOUD_ACCESS_TOKEN: 't',
  NODE_OPTIONS: '--require /x',
  GIT_DIR: '/x',
  ANTHROPIC_API_KEY: 'k',
};

describe('allowedEnvironment', () => {
  it('passes where programs are, and leaves tokens and what changes programs behind', () => {
    expect(allowedEnvironment(env)).toEqual({ PATH: '/usr/bin', LC_ALL: 'C', XDG_CACHE_HOME: '/c' });
  });

  it('passes what the configuration names, when it is there', () => {
    expect(allowedEnvironment(env, ['ANTHROPIC_API_KEY', 'MISSING', 'toString'])).toEqual({
      PATH: '/usr/bin',
      LC_ALL: 'C',
      XDG_CACHE_HOME: '/c',
      ANTHROPIC_API_KEY: 'k',
    });
  });
});

describe('CI', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['woodpecker', true],
    ['false', false],
    ['FALSE', false],
    ['False', false],
    ['0', false],
    ['', false],
  ])('is %j: %s', (value, expected) => {
    expect(isCi({ CI: value })).toBe(expected);
  });

  it('is not there where nothing says so', () => {
    expect(isCi({})).toBe(false);
  });
});
