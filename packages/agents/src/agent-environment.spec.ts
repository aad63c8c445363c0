import { planEnvironment } from './agent-environment.js';

const plan = (parts: Partial<Parameters<typeof planEnvironment>[0]>) =>
  planEnvironment({ source: {}, loginNames: [], worktree: {}, switches: {}, ...parts });

describe('planEnvironment', () => {
  it('takes the allow-list, in whatever case a system writes it, and nothing else', () => {
    const source = {
      Path: '/bin',
      HOME: '/home/a',
      LC_TIME: 'C',
      XDG_CACHE_HOME: '/c',
      https_proxy: 'http://p',
      AWS_SECRET_ACCESS_KEY: 's',
      LD_PRELOAD: 'x',
    };
    expect(plan({ source }).env).toEqual({ Path: '/bin', HOME: '/home/a', LC_TIME: 'C', XDG_CACHE_HOME: '/c', https_proxy: 'http://p' });
  });

  it('takes the login by name and hides it from the commands of the agent', () => {
    const { env, commandNames } = plan({ source: { PATH: '/bin', API_KEY: 'k', OTHER_KEY: 'o' }, loginNames: ['API_KEY'] });
    expect(env).toEqual({ PATH: '/bin', API_KEY: 'k' });
    expect(commandNames).toEqual(['PATH']);
  });

  it('keeps PATH, login and switches out of reach of the worktree, also when they are not set', () => {
    const { env } = plan({
      source: { PATH: '/bin' },
      loginNames: ['BASE_URL'],
      worktree: { PATH: '/evil', Path: '/evil', BASE_URL: 'http://evil', DISABLE_TELEMETRY: '0', PORT: '1', HOME: '/w' },
      switches: { DISABLE_TELEMETRY: '1' },
    });
    expect(env).toEqual({ PATH: '/bin', PORT: '1', HOME: '/w', DISABLE_TELEMETRY: '1' });
  });

  it('never passes the marks of an agent that we ourselves run in, even when told to', () => {
    const marks = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 's', CODEX_SESSION_ID: 's' };
    expect(plan({ source: marks, loginNames: Object.keys(marks), worktree: marks }).env).toEqual({});
  });
});
