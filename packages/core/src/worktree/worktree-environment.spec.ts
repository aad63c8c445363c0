import { worktreeEnvironment } from './worktree-environment.js';

describe('worktreeEnvironment', () => {
  it("puts the worktree's own programs first, keeps Nx from starting a daemon or a terminal UI, and leaves secrets out", () => {
    expect(worktreeEnvironment('/w', { PATH: '/usr/bin', NX_DAEMON: 'true', TOKEN: 't', CI: '1' }, ['CI'])).toEqual({
      PATH: '/w/node_modules/.bin:/usr/bin',
      CI: '1',
      NX_DAEMON: 'false',
      NX_TUI: 'false',
    });
  });

  it('separates paths as Windows does where they are', () => {
    expect(worktreeEnvironment('C:/w', { PATH: 'C:\\a;C:\\b' }, [])['PATH']).toBe('C:/w/node_modules/.bin;C:\\a;C:\\b');
  });
});
