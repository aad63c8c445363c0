import { PRESET_NAMES } from '../agent/presets.js';
import { parseSettings } from './parse-settings.js';
import type { SettingsInput } from './settings.js';

const agents = (value: SettingsInput['agents']) => parseSettings([{ file: 'nx-fleet.json', value: { agents: value } }]).agents;

describe('agents that ship with the product', () => {
  it('are unknown as long as nobody names them, so that they cost no issue a target', () => {
    expect(Object.keys(agents({}).define)).toEqual(['claude', 'codex']);
  });

  it.each([...PRESET_NAMES])('%s is known where it is named, without a definition', (name) => {
    for (const named of [{ writer: name }, { planner: name }, { reviewers: ['codex', name] }]) {
      expect(agents(named).define[name]).toMatchObject({ type: 'command', command: name, output: 'jsonl' });
    }
  });

  it.each([...PRESET_NAMES])('%s gives a reader other arguments or variables than a writer', (name) => {
    const definition = agents({ writer: name }).define[name];
    if (definition?.type !== 'command') throw new Error('no command');
    expect([definition.readOnlyArgs, definition.readOnlyEnv]).not.toEqual([[], {}]);
    expect(definition.readOnlyArgs).not.toEqual(definition.writeArgs);
  });

  it('take models, a program and further variables from a definition, under any name', () => {
    const { define } = agents({
      reviewers: ['second'],
      define: {
        second: {
          type: 'gemini',
          command: 'tools/gemini',
          models: { standard: 'gemini-2.5-pro', fallback: 'gemini-2.5-flash' },
          passEnv: ['X'],
        },
      },
    });
    expect(define['second']).toMatchObject({
      type: 'command',
      command: 'tools/gemini',
      models: { standard: 'gemini-2.5-pro', fallback: 'gemini-2.5-flash' },
      passEnv: expect.arrayContaining(['GEMINI_API_KEY', 'X']),
    });
    expect(define).not.toHaveProperty('gemini');
  });

  it('let no name of a login through that opens more than the model', () => {
    for (const name of PRESET_NAMES) {
      expect(agents({ writer: name }).define[name]?.passEnv).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:GITHUB_TOKEN|GH_TOKEN|GOOGLE_APPLICATION_CREDENTIALS)$/)]),
      );
    }
  });
});

describe('an unknown agent', () => {
  it('is named with those that there are', () => {
    expect(() => agents({ writer: 'amp' })).toThrow(
      'Invalid nx-fleet options in nx-fleet.json at "agents.writer": expected one of claude, codex, opencode, gemini, copilot; define "amp" under agents.define.',
    );
  });

  it('is no name that every object has', () => {
    expect(() => agents({ writer: 'constructor' })).toThrow('define "constructor"');
  });
});

describe('agents.prices', () => {
  it('take no negative price', () => {
    expect(agents({ prices: { 'gpt-6.1-sol': { input: 2, cachedInput: 0.1, output: 10 } } }).prices).toHaveProperty(['gpt-6.1-sol']);
    expect(() => agents({ prices: { x: { input: -1, output: 0 } } })).toThrow('"agents.prices.x.input"');
  });
});
