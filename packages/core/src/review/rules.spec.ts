import { ruleFolder } from './rules.js';

describe('the folder that a rule is for', () => {
  it.each([
    ['AGENTS.md', ''],
    ['libs/a/CLAUDE.md', 'libs/a'],
    ['.claude/rules/a.md', ''],
    ['libs/a/.agents/skills/x/SKILL.md', 'libs/a'],
    ['libs/a/.claude/AGENTS.md', 'libs/a/.claude'],
    ['.github/copilot-instructions.md', ''],
    ['libs/.github/instructions/x.md', 'libs'],
    ['libs/a/claude.MD', 'libs/a'],
    ['.Cursor/rules/a.mdc', ''],
    ['libs/a/.gitattributes', 'libs/a'],
    ['.claude', ''],
  ])('of %s is "%s"', (path, folder) => {
    expect(ruleFolder(path)).toBe(folder);
  });

  it.each(['src/agents.ts', 'MY-AGENTS.md', '.github/workflows/ci.yml', 'claude/rules.md', '.claude-x'])('is none of %s', (path) => {
    expect(ruleFolder(path)).toBeNull();
  });
});
