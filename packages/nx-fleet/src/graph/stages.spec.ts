import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings, STAGES } from '@nx-fleet/core';
import { PROMPTS_DIRECTORY } from '../prompts.js';
import { issueTargets } from './issue-targets.js';
import { manifest } from './manifest.fixture.js';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const { executors } = JSON.parse(readFileSync(join(root, 'packages/nx-fleet/executors.json'), 'utf8')) as {
  readonly executors: Readonly<Record<string, unknown>>;
};
const settings = parseSettings([{ file: 'nx.json', value: { serve: { command: 'npm start' }, validate: { agent: 'codex' } } }]);
const targets = Object.entries(issueTargets(manifest, settings, []));

describe.each(STAGES.map((stage) => [stage.name, stage] as const))('the stage %s', (name, stage) => {
  const own = targets.filter(([, { executor }]) => executor === `nx-fleet:${name}`).map(([, target]) => target);

  it('has targets, an executor and a page', () => {
    expect(own.length).toBeGreaterThan(0);
    expect(Object.keys(executors)).toContain(name);
    expect(readFileSync(join(root, 'docs', 'executors', `${name}.md`), 'utf8')).toContain(stage.target);
  });

  it('has its options in its key where it is cached', () => {
    for (const { cache, inputs } of own) {
      expect(cache).toBe(stage.inputs !== null);
      expect(JSON.stringify(inputs).includes('nx-fleet-settings-')).toBe(cache);
    }
  });

  it('has the prompt of the agent that it asks', () => {
    expect(stage.prompt === null || existsSync(join(PROMPTS_DIRECTORY, `${stage.prompt}.md`))).toBe(true);
  });
});
