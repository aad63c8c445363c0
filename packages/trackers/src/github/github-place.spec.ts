import { parseGitHubRemote } from './github-place.js';

describe('parseGitHubRemote', () => {
  it.each([
    'git@github.com:acme/shop.git',
    'git@github.com:acme/shop',
    'github.com:acme/shop.git',
    'org-1234@github.com:acme/shop.git',
    'git@github.com-work:acme/shop.git',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'https://github.com/acme/shop',
    'https://github.com/acme/shop.git',
    'https://github.com/acme/shop/',
    'https://GitHub.com/acme/shop',
    'https://user:password@github.com/acme/shop.git',
    'http://www.github.com/acme/shop.git',
    'git://github.com/acme/shop.git',
    '  git@github.com:acme/shop.git\n',
  ])('finds a repository of github.com in %j', (url) => {
    expect(parseGitHubRemote(url)).toEqual({
      repository: 'acme/shop',
      apiUrl: 'https://api.github.com',
    });
  });

  it.each([
    ['git@github.example.com:acme/shop.git', 'https://github.example.com/api/v3'],
    ['ssh://git@github.example.com:2222/acme/shop.git', 'https://github.example.com/api/v3'],
    ['https://github.example.com:8443/acme/shop.git', 'https://github.example.com:8443/api/v3'],
    ['https://acme.ghe.com/acme/shop.git', 'https://api.acme.ghe.com'],
  ])('finds the API of the Enterprise host in %j', (url, apiUrl) => {
    expect(parseGitHubRemote(url)).toEqual({ repository: 'acme/shop', apiUrl });
  });

  it('keeps dots in names', () => {
    expect(parseGitHubRemote('git@github.com:acme/shop.js.git')?.repository).toBe('acme/shop.js');
  });

  it.each([
    '',
    '/srv/git/shop.git',
    '../shop.git',
    'C:\\repos\\shop',
    'file:///srv/acme/shop.git',
    'https://github.com/acme',
    'https://github.com/acme/shop/tree/main',
    'https://gitlab.com/acme/shop.git',
    'git@gitlab.com:group/sub/shop.git',
    'git@bitbucket.org:acme/shop.git',
    'git@alias:acme/shop.git',
    'https://github.com/../shop',
    'https://[bad/acme/shop',
    'git@github.com:acme/$(touch x)',
  ])('finds none in %j', (url) => {
    expect(parseGitHubRemote(url)).toBeNull();
  });
});
