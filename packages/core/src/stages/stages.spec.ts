import { UserError } from '../errors/user-error.js';
import { stageIssue } from '../stage/staged-issue.contract.js';
import { STAGES, targetsOfIssue } from './stages.js';
import { parseSettings } from '../settings/parse-settings.js';

const settings = parseSettings([{ file: 'nx.json', value: { serve: { command: 'npm start' }, validate: { agent: 'codex' } } }]);
const targets = targetsOfIssue({ manifest: {}, settings });
const cached = STAGES.flatMap((stage) => (stage.inputs === null ? [] : [[stage.name, stage] as const]));

describe('the list of stages', () => {
  it('has each name once, and each target under one name', () => {
    const names = STAGES.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const made = targets.map(({ name }) => name);
    expect(made).toEqual([...new Set(made)]);
  });

  it.each(STAGES.map(({ name }) => name))('has a target that begins with its own name for %s', (name) => {
    const own = targets.filter(({ stage }) => stage.name === name);
    expect(own.length).toBeGreaterThan(0);
    for (const target of own) expect(target.name.startsWith(target.stage.target)).toBe(true);
  });

  it('waits for nothing that is not in it', () => {
    const made = targets.map(({ name }) => name);
    expect(targets.flatMap(({ dependsOn }) => dependsOn).filter((name) => !made.includes(name))).toEqual([]);
  });

  it.each(cached)('takes nothing for a stored result of %s where there is none', async (name, stage) => {
    const target = targets.find((one) => one.stage.name === name);
    const staged = await stageIssue();
    await expect(stage.requireStored(staged.context(target?.name ?? ''))).rejects.toBeInstanceOf(UserError);
  });

  it.each(cached)('has in the key of %s the options that it reads, and which file it leaves', (_, stage) => {
    const [agent = ''] = stage.agents?.(settings) ?? [];
    expect(Object.keys(stage.settings(settings, agent))).not.toEqual([]);
    expect(stage.artifact?.file).toMatch(/^[a-z0-9]+\.json$/);
  });

  it('reads files that a stage before it leaves', () => {
    const files = STAGES.map(({ artifact }) => artifact?.file);
    const read = STAGES.flatMap((stage) => stage.inputs?.(settings) ?? []).flatMap((input) =>
      typeof input === 'object' ? input.artifact : [],
    );
    expect(read.filter((file) => !files.includes(file))).toEqual([]);
  });
});
