import { parseSettings, parseTarget, type Settings, type SettingsInput } from '@nx-fleet/core';
import { issueTargets } from './issue-targets.js';
import { manifest } from './manifest.fixture.js';

const settings = (value: SettingsInput = {}): Settings => parseSettings([{ file: 'nx.json', value }]);
const targets = (value: SettingsInput = {}, blockers: readonly string[] = []) => issueTargets(manifest, settings(value), blockers);

const fixes = ['agent-fix--claude', 'agent-fix--codex'];

/** Targets whose key differs between two configurations. Nx hashes executor, options and outputs of all targets, and the inputs of the own one. */
function changedKeys(before: ReturnType<typeof targets>, after: ReturnType<typeof targets>): string[] {
  const [one, other] = [withoutRounds(before), withoutRounds(after)];
  const project = (all: typeof one) =>
    Object.entries(all).map(([name, { executor, options, outputs }]) => [name, executor, options, outputs]);
  expect(project(other)).toEqual(project(one));
  return Object.keys(one).filter((name) => JSON.stringify(one[name]?.inputs) !== JSON.stringify(other[name]?.inputs));
}

/** Rounds of fixes are of the agents in use. */
function withoutRounds(all: ReturnType<typeof targets>): ReturnType<typeof targets> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => parseTarget(name).round === 1));
}

describe("an issue's targets", () => {
  it('are the stages, with one build and one review target per known agent', () => {
    expect(Object.keys(targets())).toEqual([
      'agent-plan',
      'agent-build--claude',
      'agent-build--codex',
      'agent-build',
      'agent-validate',
      'agent-review--claude',
      'agent-review--codex',
      'agent-review',
      'agent-fix--claude',
      'agent-fix--codex',
      'agent-fix',
      'agent-validate-2',
      'agent-review-2--codex',
      'agent-fix-2--claude',
      'agent-fix-2',
      'agent-validate-3',
      'agent-review-3--codex',
      'agent-deliver',
      'db-reset',
    ]);
  });

  it('are cached where an agent or a check works, and not where something is only enforced or brought up to date', () => {
    const cached = Object.entries(targets()).filter(([, target]) => target.cache === true);
    expect(cached.map(([name]) => name)).not.toEqual(expect.arrayContaining(['agent-build']));
    expect(
      Object.entries(targets())
        .filter(([, target]) => target.cache === false)
        .map(([name]) => name),
    ).toEqual(['agent-build', 'agent-review', 'agent-fix', 'agent-fix-2', 'agent-deliver', 'db-reset']);
  });

  it('never hash external dependencies, machine paths or mutable facts', () => {
    for (const target of Object.values(targets())) {
      expect(target.inputs).toContainEqual({ externalDependencies: [] });
      expect(JSON.stringify(target)).not.toContain(process.cwd());
    }
  });

  it('hash what stands on the branch as a file of the task that brings it there, never by asking git', () => {
    expect(targets()['agent-build']?.outputs).toEqual(['{workspaceRoot}/.nx-fleet/out/issue-42/agent-build']);
    expect(targets()['agent-validate']?.dependsOn).toEqual(['agent-build']);
    expect(targets()['agent-validate']?.inputs).toContainEqual({ dependentTasksOutputFiles: '**/checkout.json', transitive: false });
    expect(JSON.stringify(targets())).not.toContain('git ');
  });

  it.each<[string, SettingsInput, string[]]>([
    ['another model of the reviewers', { agents: { tiers: { review: 'strong' } } }, ['agent-review--claude']],
    ['another model of the writers', { agents: { tiers: { build: 'strong' } } }, ['agent-build--claude', 'agent-fix--claude']],
    ['a model that no stage asks for', { agents: { define: { codex: { type: 'codex', models: { light: 'small' } } } } }, []],
    ['another planner', { agents: { planner: 'codex' } }, ['agent-plan']],
    ['other reviewers', { agents: { reviewers: ['claude', 'codex'] } }, fixes],
    ['another gate', { review: { blockOn: 'low' } }, fixes],
    ['another limit', { limits: { agentMinutes: 1 } }, []],
    ['a budget', { budgets: { stageUsd: 1, issueUsd: 2, runUsd: 3, unknown: 'stop' } }, []],
    ['other checks', { checks: ['npm test'] }, ['agent-build--claude', 'agent-build--codex', 'agent-validate', ...fixes]],
    ['more attempts', { build: { attempts: 5 } }, ['agent-build--claude', 'agent-build--codex', ...fixes]],
    ['another place for worktrees', { worktrees: { directory: '../elsewhere' } }, []],
  ])('%s is a miss for exactly the right ones', (_, value, expected) => {
    expect(changedKeys(targets(), targets(value))).toEqual(expected);
  });

  it('have other keys in a command that asks for what a change touches, which leaves them out', () => {
    const cached = Object.values(targets()).filter(({ cache }) => cache === true);
    for (const { inputs } of cached) expect(inputs).toContainEqual({ env: 'NX_FLEET_AFFECTED' });
  });

  it.each(['claude', 'codex'])('wait for the delivery of blockers, whoever writes, and hash the files that are approved: %s', (writer) => {
    const build = targets({}, ['issue-41'])[`agent-build--${writer}`];
    expect(build?.dependsOn).toEqual(['agent-plan', { projects: ['issue-41'], target: 'agent-deliver' }]);
    expect(build?.inputs).toContainEqual({ dependentTasksOutputFiles: '**/approved.json', transitive: false });
  });

  it('hash what an issue starts from by its files, where the manifest names them', () => {
    const known = issueTargets({ ...manifest, baseTree: 'a'.repeat(40) }, settings(), []);
    for (const name of ['agent-plan', 'agent-build--claude']) {
      expect(known[name]?.inputs).toContainEqual({ json: '{projectRoot}/issue.json', excludeFields: ['base'] });
      expect(targets()[name]?.inputs).toContain('{projectRoot}/issue.json');
    }
  });

  it('deliver over rounds of fixes, each of which is checked and reviewed like a build', () => {
    const all = targets();
    expect(all['agent-fix--claude']?.dependsOn).toEqual(['agent-build', 'agent-review--codex']);
    expect(all['agent-validate-2']?.dependsOn).toEqual(['agent-fix']);
    expect(all['agent-fix-2--claude']?.dependsOn).toEqual(['agent-fix', 'agent-review-2--codex']);
    expect(all['agent-validate-3']?.dependsOn).toEqual(['agent-fix-2']);
    expect(all['agent-deliver']?.dependsOn).toEqual(['agent-review-3--codex']);
    expect(all['agent-review']?.dependsOn).toEqual(['agent-review--codex']);
  });

  it.each([0, 1, 4])('deliver after the review that follows the last of %d rounds', (rounds) => {
    const all = targets({ review: { rounds } });
    const last = rounds === 0 ? 'agent-review--codex' : `agent-review-${rounds + 1}--codex`;
    expect(all['agent-deliver']?.dependsOn).toEqual([last]);
    expect(Object.keys(all)).toContain(last);
  });

  it('make no fix in a command that asks for none', () => {
    expect(targets()['agent-fix-2--claude']?.inputs).toContainEqual({ env: 'NX_FLEET_REVIEW_ONLY' });
  });

  it.each([
    ['./tools//prompts/', './agents/*.mjs'],
    ['tools/prompts', 'agents/*.mjs'],
  ])('hash the files under %s, however it is written', (prompts, file) => {
    const define = { mine: { type: 'command' as const, command: './agents/mine.mjs', files: [file] } };
    const inputs = targets({ prompts, agents: { define, planner: 'mine' } })['agent-plan']?.inputs;
    expect(inputs).toEqual(expect.arrayContaining(['{workspaceRoot}/tools/prompts/plan.md', '{workspaceRoot}/agents/*.mjs']));
  });

  it.each(['agent-plan', 'agent-build--claude', 'agent-review--codex'])('%s is done again in another round', (name) => {
    const inputs = targets()[name]?.inputs;
    const round = { json: '{projectRoot}/issue.json', fields: ['round'] };
    expect(inputs?.some((input) => input === '{projectRoot}/issue.json' || JSON.stringify(input) === JSON.stringify(round))).toBe(true);
  });

  it('follow the configured writer and reviewers', () => {
    const all = targets({ agents: { writer: 'codex', reviewers: ['claude'] } });
    expect(all['agent-build']?.dependsOn).toEqual(['agent-build--codex']);
    expect(all['agent-review']?.dependsOn).toEqual(['agent-review--claude']);
  });

  it('builds nothing on a branch that was taken over, and differs in nothing that is hashed', () => {
    const adopted = issueTargets({ ...manifest, adopted: true }, settings(), []);
    expect(adopted['agent-build']?.dependsOn).toEqual([]);
    expect(changedKeys(targets(), adopted)).toEqual([]);
  });
});
