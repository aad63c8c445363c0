import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privatePaths, readerProfile } from './hidden-paths.js';

describe('readerProfile', () => {
  const rulesOf = (cwd: string, ...hidden: string[]): string => readerProfile(cwd, hidden)[1] ?? '';

  it('lets commands read everything but what is hidden, and write nowhere', () => {
    expect(readerProfile('/tmp/snapshot', ['/home/ada/my "shop"'])).toEqual([
      'default_permissions="nx-fleet-reader"',
      String.raw`permissions.nx-fleet-reader.filesystem={":root"="read","/home/ada/my \"shop\""="deny"}`,
    ]);
  });

  it('names each place once, and none inside of another one', () => {
    const rules = rulesOf('/tmp/s', '/shop/.git', '/shop', '/shop', '/shop.worktrees/issue-1', '/shop/nested');
    expect(rules).toBe('permissions.nx-fleet-reader.filesystem={":root"="read","/shop"="deny","/shop.worktrees/issue-1"="deny"}');
  });

  it('does not hide the folder that the agent works in', () => {
    expect(rulesOf('/shop/tmp/snapshot', '/shop', '/other')).toBe(
      'permissions.nx-fleet-reader.filesystem={":root"="read","/other"="deny"}',
    );
  });

  it('leaves out what Codex would take for a pattern, which would hide something else', () => {
    expect(rulesOf('/s', '/a/[id]', '/a/*', '/a?')).toBe('permissions.nx-fleet-reader.filesystem={":root"="read"}');
  });
});

describe('privatePaths', () => {
  let home: string;
  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'nx-fleet-home-')));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('finds what is there, where links lead to, and nothing else', async () => {
    for (const folder of ['.ssh', 'dotfiles', '.config/gh', '.codex/sessions', 'projects'])
      await mkdir(join(home, folder), { recursive: true });
    await writeFile(join(home, 'dotfiles/npmrc'), '');
    await symlink('dotfiles/npmrc', join(home, '.npmrc'));
    await symlink('nowhere', join(home, '.netrc'));
    const expected = ['.codex/sessions', '.config/gh', '.ssh', 'dotfiles/npmrc'].map((name) => join(home, name));
    expect([...(await privatePaths({ HOME: home }))].sort()).toEqual(expected);
  });

  it('looks where the environment says that they are', async () => {
    for (const folder of ['c/gh', 'codex/memories']) await mkdir(join(home, folder), { recursive: true });
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'c'), CODEX_HOME: join(home, 'codex') };
    expect(await privatePaths(env)).toEqual([join(home, 'c/gh'), join(home, 'codex/memories')]);
    expect(await privatePaths({})).toEqual([]);
  });
});
