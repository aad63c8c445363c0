import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import type { StageContext } from '@nx-fleet/core';
import { recipeOf } from './recipe.js';
import { useShownOutput } from './shown-output.fixture.js';

const { root } = useShownOutput();
const ISSUE = '.nx-fleet/issues/issue-42';
const target: TargetConfiguration = {
  dependsOn: ['agent-plan', { projects: ['issue-41'], target: 'agent-deliver' }],
  inputs: [
    '{projectRoot}/spec.md',
    { json: '{projectRoot}/issue.json', excludeFields: ['base'] },
    { dependentTasksOutputFiles: '**/plan.json', transitive: false },
    { dependentTasksOutputFiles: '**/approved.json', transitive: false },
    '{workspaceRoot}/tools/prompts/build.md',
    { runtime: 'echo nx-fleet-settings-1' },
    { runtime: 'robot --version' },
    '{workspaceRoot}/tools/robot/**/*.mjs',
    { env: 'NX_FLEET_REVIEW_ONLY' },
    { env: 'NX_FLEET_AFFECTED' },
    { externalDependencies: [] },
  ],
};

describe('what a stage is made of', () => {
  const files = new Map<string, string>();
  let version = '1';
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root(), file)), { recursive: true });
    writeFileSync(join(root(), file), text);
  };
  const recipe = (change: TargetConfiguration = {}): Promise<string | null> => {
    const stage = {
      project: 'issue-42',
      host: { artifacts: { read: async (...names: readonly string[]) => files.get(names.join('/')) ?? null } },
      agent: () => ({ detect: async () => ({ version }) }),
    } as unknown as StageContext;
    return recipeOf({ root: root(), target: { ...target, ...change }, stage, agent: 'robot' });
  };

  beforeEach(() => {
    files.clear();
    files.set('issue-42/agent-plan/plan.json', '{}');
    version = '1';
    delete process.env['NX_FLEET_REVIEW_ONLY'];
    write(`${ISSUE}/spec.md`, '# Text');
    write(`${ISSUE}/issue.json`, '{ "base": "one", "round": 1 }');
    write('tools/robot/run.mjs', 'robot');
  });

  it.each<[string, () => void]>([
    ['text', () => write(`${ISSUE}/spec.md`, '# Another')],
    ['round', () => write(`${ISSUE}/issue.json`, '{ "base": "one", "round": 2 }')],
    ['plan', () => files.set('issue-42/agent-plan/plan.json', '{ "steps": [] }')],
    ['prompt', () => write('tools/prompts/build.md', 'Build.')],
    ['version', () => (version = '2')],
    ['program', () => write('tools/robot/lib/ask.mjs', 'ask')],
    ['command', () => (process.env['NX_FLEET_REVIEW_ONLY'] = '1')],
  ])('is something else with another %s', async (_, change) => {
    const before = await recipe();
    expect(before).toEqual(expect.any(String));
    change();
    expect(await recipe()).not.toBe(before);
    delete process.env['NX_FLEET_REVIEW_ONLY'];
  });

  it('is the same, whatever the base is called, whatever the start has been and whatever lies beside the program', async () => {
    const before = await recipe();
    write(`${ISSUE}/issue.json`, '{ "base": "two", "round": 1 }');
    files.set('issue-41/agent-deliver/approved.json', '{}');
    write('tools/robot/notes.txt', 'note');
    expect(await recipe()).toBe(before);
  });

  it('is something else with other settings', async () => {
    const inputs = (target.inputs ?? []).map((input) =>
      JSON.stringify(input).includes('settings-1') ? { runtime: 'echo nx-fleet-settings-2' } : input,
    );
    expect(await recipe({ inputs })).not.toBe(await recipe());
  });

  it.each(['{workspaceRoot}/**/*.mjs', '^production'])('is not known with the input %j', async (input) => {
    expect(await recipe({ inputs: [...(target.inputs ?? []), input] })).toBeNull();
  });
});
