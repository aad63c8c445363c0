import { parseSettings } from '@nx-fleet/core';
import { areSettingsOfRun, rememberSettings } from './settings-of-run.js';

const settings = parseSettings([]);
const other = parseSettings([{ file: 'nx.json', value: { review: { rounds: 5 } } }]);

describe('the options that an Nx command begins with', () => {
  it('are known to its tasks, however the options change', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberSettings(settings, env);
    expect([areSettingsOfRun(parseSettings([]), env), areSettingsOfRun(other, env)]).toEqual([true, false]);
    rememberSettings(other, env);
    expect([areSettingsOfRun(settings, env), areSettingsOfRun(other, env)]).toEqual([false, true]);
  });

  it('keep no task from running where nothing was remembered', () => {
    expect(areSettingsOfRun(settings, {})).toBe(true);
  });
});
