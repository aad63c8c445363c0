import { parseSettings, type SettingsInput } from '@nx-fleet/core';
import { fleetTargets } from './fleet-targets.js';
import { projectTargets } from './project-targets.js';

const settings = (value: SettingsInput = {}) => parseSettings([{ file: 'nx.json', value }]);
const targets = (value: SettingsInput = {}, root = 'packages/a') =>
  projectTargets({ root, affectedBy: '{projectRoot}/**/*' }, settings(value));

describe("the targets of the repository's own projects", () => {
  it('are a cached review by each known agent, and a gate that is not cached', () => {
    expect(Object.entries(targets()).map(([name, { cache }]) => [name, cache])).toEqual([
      ['agent-review--claude', true],
      ['agent-review--codex', true],
      ['agent-review', false],
    ]);
    expect(targets({ agents: { reviewers: ['claude'] } })['agent-review']?.dependsOn).toEqual([
      { projects: ['fleet'], target: 'agent-changes' },
      'agent-review--claude',
    ]);
  });

  it('hash the change as a file of the task that finds it out, the reviewer, and no file of the project', () => {
    const inputs = targets()['agent-review--codex']?.inputs;
    expect(inputs).toContainEqual({
      dependentTasksOutputFiles: expect.stringMatching(/^\*\*\/agent-changes\/packages-a\.[0-9a-f]{8}\.json$/),
      transitive: false,
    });
    expect(inputs).toContainEqual({ externalDependencies: [] });
    expect(JSON.stringify(inputs)).not.toContain('projectRoot');
    expect(targets({}, 'packages-a')['agent-review--codex']?.inputs).not.toEqual(inputs);
  });

  it.each<[string, SettingsInput, string[]]>([
    ['another model of the reviewers', { agents: { tiers: { review: 'strong' } } }, ['agent-review--claude']],
    ['another gate', { review: { blockOn: 'low' } }, []],
    ['other checks', { checks: ['npm test'] }, []],
    // The file of the change names what they are at the base.
    ['own prompts', { prompts: 'tools/prompts' }, []],
  ])('%s is a miss for exactly the right ones', (_, value, expected) => {
    const [one, other] = [targets(), targets(value)];
    expect(Object.keys(one).filter((name) => JSON.stringify(one[name]?.inputs) !== JSON.stringify(other[name]?.inputs))).toEqual(expected);
  });

  it('are there for what lies outside all projects, affected by any file, where projects are reviewed', () => {
    expect(fleetTargets(settings({ review: { projects: ['a'] } }))['agent-review']?.inputs).toContainEqual('{workspaceRoot}/**/*');
    expect(Object.keys(fleetTargets(settings()))).toEqual(['status', 'report', 'doctor', 'db-refresh']);
  });
});
