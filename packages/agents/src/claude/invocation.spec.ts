import { agentRequest } from '../request.fixture.js';
import { planClaudeInvocation } from './invocation.js';

const argument = (args: readonly string[], name: string): string | undefined =>
  args.includes(name) ? args[args.indexOf(name) + 1] : undefined;

describe('planClaudeInvocation', () => {
  it('lets a reader read, and allows no command that the built-in classifier does not', () => {
    const { args } = planClaudeInvocation(agentRequest({ readOnly: true }));
    expect(argument(args, '--permission-mode')).toBe('dontAsk');
    expect(argument(args, '--tools')).toBe('Read,Grep,Glob,Bash');
    expect(args).not.toContain('--allowedTools');
  });

  it("keeps a repository's settings, which can allow commands, from a reader", () => {
    expect(argument(planClaudeInvocation(agentRequest({ readOnly: true })).args, '--setting-sources')).toBe('');
    expect(argument(planClaudeInvocation(agentRequest({ readOnly: false })).args, '--setting-sources')).toBe('project');
  });

  it('lets a writer edit, without a bypass of permissions', () => {
    const { args } = planClaudeInvocation(agentRequest({ readOnly: false }));
    expect(argument(args, '--permission-mode')).toBe('acceptEdits');
    expect(argument(args, '--tools')).toBe('Read,Edit,Write,Grep,Glob,Bash,Skill');
    expect(args.join(' ')).not.toMatch(/dangerously|bypass|allowedTools/);
  });

  it('starts each run fresh, without hooks, foreign servers and env files', () => {
    const { args } = planClaudeInvocation(agentRequest());
    expect(args).toEqual(expect.arrayContaining(['-p', '--verbose', '--strict-mcp-config', '--no-session-persistence']));
    expect(JSON.parse(argument(args, '--settings') ?? '')).toMatchObject({
      disableAllHooks: true,
      permissions: { deny: expect.arrayContaining(['Read(./.env*)']) },
    });
  });

  it('names a model and a schema only when there is one', () => {
    const both = planClaudeInvocation(agentRequest({ model: 'opus', answerSchema: { type: 'object' } })).args;
    expect([argument(both, '--model'), argument(both, '--json-schema')]).toEqual(['opus', '{"type":"object"}']);
    const without = planClaudeInvocation(agentRequest({ model: null })).args;
    expect(without).not.toEqual(expect.arrayContaining(['--model']));
    expect(without).not.toEqual(expect.arrayContaining(['--json-schema']));
  });

  it('puts the prompt on standard input, whatever it looks like', () => {
    const { args, input } = planClaudeInvocation(agentRequest({ prompt: '--help' }));
    expect(input).toBe('--help');
    expect(args).not.toContain('--help');
  });
});
