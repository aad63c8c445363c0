import { worktreeEnvironment } from './worktree-environment.js';

describe('worktreeEnvironment', () => {
  it("puts the worktree's own programs first, keeps Nx from starting a daemon or a terminal UI, and leaves secrets out", () => {
    expect(worktreeEnvironment('/w', { PATH: '/usr/bin', NX_DAEMON: 'true', TOKEN: 't', CI: '1' }, ['CI'])).toEqual({
      PATH: '/w/node_modules/.bin:/usr/bin',
      CI: '1',
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_SOCKET_DIR: expect.stringMatching(/^\/tmp\/nx-fleet-[0-9a-f]{12}$/) as unknown,
    });
  });

  it('gives each worktree a folder of its own for sockets, however long its path is', () => {
    const folderOf = (worktree: string): string | undefined => worktreeEnvironment(worktree, {}, [])['NX_SOCKET_DIR'];
    expect(folderOf(`/${'long/'.repeat(50)}a`)?.length).toBeLessThan(30);
    expect(folderOf('/w/a')).not.toBe(folderOf('/w/b'));
    const below = (TMPDIR: string): unknown => worktreeEnvironment('/w', { TMPDIR }, [])['NX_SOCKET_DIR'];
    expect(below('/run/t/')).toMatch(/^\/run\/t\/nx-fleet-\w+$/);
    expect(below(`/${'long/'.repeat(10)}`)).toMatch(/^\/tmp\/nx-fleet-\w+$/);
  });

  it('separates paths as Windows does where they are, which has no socket files', () => {
    const env = worktreeEnvironment('C:/w', { PATH: 'C:\\a;C:\\b' }, []);
    expect([env['PATH'], env['NX_SOCKET_DIR']]).toEqual(['C:/w/node_modules/.bin;C:\\a;C:\\b', undefined]);
  });
});
