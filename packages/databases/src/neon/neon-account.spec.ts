import { requireAccount, type NeonSettings } from './neon-account.js';

const settings: NeonSettings = {
  type: 'neon',
  projectId: 'made-up-1',
  expiresInDays: 7,
  variable: 'DATABASE_URL',
  directVariable: 'DIRECT_URL',
  apiUrl: 'https://console.neon.tech/api/v2',
};
const env = { NEON_API_KEY: 'napi_made_up' };

describe('the Neon account', () => {
  it('comes from settings and environment', () => {
    expect(requireAccount(settings, env)).toEqual({
      apiUrl: settings.apiUrl,
      projectId: 'made-up-1',
      key: 'napi_made_up',
      isLoopback: false,
    });
  });

  it('takes the project of the settings before that of the environment', () => {
    const { projectId, ...rest } = settings;
    expect(requireAccount(settings, { ...env, NEON_PROJECT_ID: 'other-1' }).projectId).toBe(projectId);
    expect(requireAccount(rest, { ...env, NEON_PROJECT_ID: 'other-1' }).projectId).toBe('other-1');
    expect(() => requireAccount(rest, env)).toThrow(
      'No Neon project is named. Set "database.projectId", or the environment variable "NEON_PROJECT_ID".',
    );
  });

  it.each([{}, { NEON_API_KEY: '' }])('needs a key: %j', (without) => {
    expect(() => requireAccount(settings, without)).toThrow('The environment variable "NEON_API_KEY" is not set.');
  });

  it.each(['napi with spaces', 'napi\n', 'napi_ü'])('refuses the key %j without repeating it', (key) => {
    expect(() => requireAccount(settings, { NEON_API_KEY: key })).toThrow(
      /^The environment variable "NEON_API_KEY" holds spaces or other characters that a key cannot have\. Set it again\.$/,
    );
  });

  it.each(['../projects', 'Made Up', 'a'.repeat(61), 'a/b'])('refuses the project id %j', (projectId) => {
    expect(() => requireAccount({ ...settings, projectId }, env)).toThrow('is not the id of a Neon project');
  });

  it.each(['http://localhost:1/api/v2', 'http://127.0.0.1:1/api/v2', 'http://127.1.2.3/api/v2', 'http://[::1]:1/api/v2'])(
    'calls %s without encryption: it does not leave this machine',
    (apiUrl) => {
      expect(requireAccount({ ...settings, apiUrl }, env).isLoopback).toBe(true);
    },
  );

  it.each(['http://console.neon.tech/api/v2', 'http://127.0.0.1.example.com/', 'http://localhost.example.com/', 'ftp://127.0.0.2x/'])(
    'does not send the key to %s',
    (apiUrl) => {
      expect(() => requireAccount({ ...settings, apiUrl }, env)).toThrow('would get the Neon key unencrypted');
    },
  );
});
