import { parseSettings, type SettingsInput } from '@nx-fleet/core';
import { agentPrograms } from './agent-programs.js';

const settingsWith = (agents: SettingsInput['agents']): ReturnType<typeof parseSettings> =>
  parseSettings([{ file: 'nx.json', value: { agents } }]);

describe('the programs of agents', () => {
  it('are exact versions of what nx-fleet is tested with, each once', () => {
    const { packages, secrets, hasCodex } = agentPrograms(settingsWith({}), ['claude', 'codex', 'claude']);
    expect(packages).toEqual([
      expect.stringMatching(/^@anthropic-ai\/claude-code@\d+\.\d+\.\d+$/),
      expect.stringMatching(/^@openai\/codex@\d+\.\d+\.\d+$/),
    ]);
    expect(secrets).toEqual(['ANTHROPIC_API_KEY', 'CODEX_API_KEY']);
    expect(hasCodex).toBe(true);
  });

  it('are known for each preset', () => {
    const names = ['opencode', 'gemini', 'copilot'];
    const { packages, secrets, hasCodex } = agentPrograms(settingsWith({ reviewers: names }), names);
    expect(packages.map((name) => name.replace(/@[\d.]+$/, ''))).toEqual(['opencode-ai', '@google/gemini-cli', '@github/copilot']);
    expect(packages.every((name) => /@\d+\.\d+\.\d+$/.test(name))).toBe(true);
    expect(secrets).toEqual(['OPENCODE_API_KEY', 'GEMINI_API_KEY', 'COPILOT_GITHUB_TOKEN']);
    expect(hasCodex).toBe(false);
  });

  it('are not installed where the workspace names a program of its own, which gets the variables that it names', () => {
    const settings = settingsWith({
      reviewers: ['own', 'other', 'mine'],
      define: {
        other: { type: 'codex', command: 'tools/codex', passEnv: ['HTTPS_PROXY'] },
        own: { type: 'claude', command: 'tools/claude' },
        mine: { type: 'command', command: 'tools/agent.mjs', passEnv: ['MY_KEY'] },
      },
    });
    expect(agentPrograms(settings, ['own', 'other', 'mine'])).toEqual({
      packages: [],
      secrets: ['ANTHROPIC_API_KEY', 'CODEX_API_KEY'],
      passed: ['HTTPS_PROXY', 'MY_KEY'],
      withheld: [],
      hasCodex: true,
    });
  });

  it('leave out names that would be more than names in a pipeline', () => {
    const define = { mine: { type: 'command' as const, command: 'x', npmPackage: 'a; curl evil', passEnv: ['A: ${{ x }}', 'B'] } };
    expect(agentPrograms(settingsWith({ reviewers: ['mine'], define }), ['mine'])).toMatchObject({ packages: [], passed: ['B'] });
  });

  it('are not handed what is the pipeline’s own, in whatever case it is written', () => {
    const own = ['GITHUB_TOKEN', 'github_token', 'NX_FLEET_PUSH_TOKEN', 'NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN'];
    const define = { mine: { type: 'command' as const, command: 'x', passEnv: [...own, 'GH_TOKEN', 'MY_GITHUB_TOKEN'] } };
    expect(agentPrograms(settingsWith({ reviewers: ['mine'], define }), ['mine'])).toMatchObject({
      passed: ['GH_TOKEN', 'MY_GITHUB_TOKEN'],
      withheld: own,
    });
  });
});
