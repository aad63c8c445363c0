import { parseSettings, type SettingsInput } from '@nx-fleet/core';
import { issueTargets } from './issue-targets.js';
import { manifest } from './manifest.fixture.js';

const serve = { command: 'npm start' };
const targets = (value: SettingsInput = {}) => issueTargets(manifest, parseSettings([{ file: 'nx.json', value }]), []);
const inputsOf = (value: SettingsInput, target: string): string => JSON.stringify(targets(value)[target]?.inputs);

describe('the targets of an app', () => {
  it('are there only with a command that starts it', () => {
    const added = Object.keys(targets({ serve })).filter((name) => !(name in targets()));
    expect(added).toEqual(['agent-serve', 'agent-serve--e2e', 'agent-e2e--claude', 'agent-e2e--codex']);
  });

  it('serve without any stage before it, and for the trial only after the checks and when asked', () => {
    const { 'agent-serve': plain, 'agent-serve--e2e': onDemand } = targets({ serve });
    expect(plain).toMatchObject({ executor: 'nx-fleet:serve', continuous: true, cache: false, dependsOn: [] });
    expect(onDemand).toMatchObject({ continuous: true, cache: false, dependsOn: ['agent-validate'], options: { onDemand: true } });
  });

  it('try the app of what was checked', () => {
    const trial = targets({ serve })['agent-e2e--codex'];
    expect(trial).toMatchObject({ cache: true, dependsOn: ['agent-validate', 'agent-serve--e2e'], options: { agent: 'codex' } });
    expect(trial?.inputs).toContainEqual({ dependentTasksOutputFiles: '**/validation.json', transitive: false });
    expect(trial?.inputs).toContainEqual('{projectRoot}/spec.md');
  });

  it.each<[string, SettingsInput, boolean]>([
    ['another command', { serve: { command: 'npm run dev' } }, true],
    ['another URL', { serve: { ...serve, url: 'http://localhost:{API_PORT}' } }, true],
    ['another variable that is passed', { serve: { ...serve, passEnv: ['MODE'] } }, true],
    ['another model', { serve, agents: { define: { codex: { type: 'codex', models: { standard: 'x' } } } } }, true],
    ['more time', { serve: { ...serve, readySeconds: 5 } }, false],
    ['other ports', { serve, ports: { reserved: [24_000] } }, false],
    ['another place for worktrees', { serve, worktrees: { directory: '../elsewhere' } }, false],
  ])('try it again with %s, or not', (_, changed, isMiss) => {
    expect(inputsOf(changed, 'agent-e2e--codex') !== inputsOf({ serve }, 'agent-e2e--codex')).toBe(isMiss);
  });

  it('are part of the verdict and of what is fixed once an agent is named, and change nothing else that is hashed', () => {
    const [before, after] = [targets({ serve }), targets({ serve, validate: { agent: 'codex' } })];
    expect(after['agent-review']?.dependsOn).toContain('agent-e2e--codex');
    expect(after['agent-fix--claude']?.dependsOn).toContain('agent-e2e--codex');
    const differing = Object.keys(after).filter((name) => JSON.stringify(after[name]?.inputs) !== JSON.stringify(before[name]?.inputs));
    expect(differing.filter((name) => name in before)).toEqual(['agent-fix--claude', 'agent-fix--codex', 'agent-fix-2--claude']);
    expect(differing.filter((name) => !(name in before))).toEqual([
      'agent-serve-2--e2e',
      'agent-e2e-2--codex',
      'agent-serve-3--e2e',
      'agent-e2e-3--codex',
    ]);
    expect(after['agent-deliver']?.dependsOn).toContain('agent-e2e-3--codex');
    expect(after['agent-validate']).toEqual(before['agent-validate']);
  });
});
