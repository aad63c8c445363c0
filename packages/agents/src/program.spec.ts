import { installHint, resolveProgram } from './program.js';

describe('resolveProgram', () => {
  it('leaves a name to PATH, and takes a path from the workspace', () => {
    expect(resolveProgram('claude', '/w')).toBe('claude');
    expect(resolveProgram('tools/agent.mjs', '/w')).toBe('/w/tools/agent.mjs');
    expect(resolveProgram('/opt/agent', '/w')).toBe('/opt/agent');
  });
});

describe('installHint', () => {
  it('names the package where there is one, and the setting', () => {
    expect(installHint('claude', 'claude', '@anthropic-ai/claude-code')).toBe(
      '"claude" was not found. Install it: npm install -g @anthropic-ai/claude-code, or set "agents.define.claude.command".',
    );
    expect(installHint('mine', 'tool', null)).toBe('"tool" was not found. Install it, or set "agents.define.mine.command".');
  });
});
