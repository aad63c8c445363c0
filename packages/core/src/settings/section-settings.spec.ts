import { parseSettings } from './parse-settings.js';
import type { Settings, SettingsInput } from './settings.js';

const parsed = (value: SettingsInput): Settings => parseSettings([{ file: 'nx.json', value }]);
const serve = { command: 'npm start' };

describe('the settings of a served app', () => {
  it('are none unless there is a command', () => {
    expect(parsed({}).serve).toBeUndefined();
    expect(parsed({ serve }).serve).toEqual({ command: 'npm start', url: 'http://localhost:{PORT}', readySeconds: 60, passEnv: [] });
  });

  it('take an agent that is known, and only with an app', () => {
    expect(parsed({ serve, validate: { agent: 'codex' } }).validate.agent).toBe('codex');
    expect(() => parsed({ validate: { agent: 'codex' } })).toThrow('at "validate.agent": expected "serve.command" too');
    expect(() => parsed({ serve, validate: { agent: 'bob' } })).toThrow('define "bob" under agents.define');
  });
});
