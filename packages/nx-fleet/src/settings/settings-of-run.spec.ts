import { parseSettings } from '@nx-fleet/core';
import { areSettingsOfRun, rememberSettings } from './settings-of-run.js';

const settings = parseSettings([]);
const other = parseSettings([{ file: 'nx.json', value: { review: { rounds: 5 } } }]);

describe('the options that an Nx command begins with', () => {
  it('are known to its tasks, however the options change', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberSettings({ settings, isFaulty: false }, env);
    expect([areSettingsOfRun(parseSettings([]), env), areSettingsOfRun(other, env)]).toEqual([true, false]);
    rememberSettings({ settings: other, isFaulty: false }, env);
    expect([areSettingsOfRun(settings, env), areSettingsOfRun(other, env)]).toEqual([false, true]);
  });

  it('are no longer those where they had a fault then', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberSettings({ settings, isFaulty: true }, env);
    expect(areSettingsOfRun(settings, env)).toBe(false);
  });

  it('keep no task from running where nothing was remembered', () => {
    expect(areSettingsOfRun(settings, {})).toBe(true);
  });
});
