import { agentRequest } from '../request.fixture.js';
import { planCodexInvocation } from './invocation.js';

const surroundings = { schemaFile: null, commandNames: ['PATH', 'PORT'], hidden: [] };

describe('planCodexInvocation', () => {
  it('runs a reader in the read-only sandbox, without network and search', () => {
    const args = planCodexInvocation(agentRequest({ readOnly: true }), surroundings).args.join(' ');
    expect(args).toContain('-c sandbox_mode="read-only"');
    expect(args).toContain('-c default_permissions="nx-fleet-reader"');
    // It would put the permission profile out of force.
    expect(args).not.toContain('--sandbox');
    expect(args).toContain('-c web_search="disabled"');
    expect(args).not.toContain('network_access');
  });

  it('runs a writer in the sandbox of its worktree, with network for sockets and without the common temporary folder', () => {
    const args = planCodexInvocation(agentRequest({ readOnly: false }), surroundings).args.join(' ');
    expect(args).toContain('--sandbox workspace-write');
    expect(args).toContain('-c sandbox_workspace_write.network_access=true');
    expect(args).toContain('-c sandbox_workspace_write.exclude_slash_tmp=true');
    expect(args).not.toMatch(/danger|bypass/);
  });

  it('lists the names that commands may see, and leaves out what is no name', () => {
    const { args } = planCodexInvocation(agentRequest(), { ...surroundings, commandNames: ['PATH', 'A"]\nB', '*'] });
    expect(args).toContain('shell_environment_policy.include_only=["PATH"]');
  });

  it('takes the prompt from standard input only', () => {
    const { args, input } = planCodexInvocation(agentRequest({ prompt: 'review' }), surroundings);
    expect(args.at(-1)).toBe('-');
    expect(args).not.toContain('review');
    expect(input).toBe('review');
  });

  it('names a model and a schema only when there is one', () => {
    const both = planCodexInvocation(agentRequest({ model: 'gpt-x' }), { ...surroundings, schemaFile: '/run/schema.json' }).args.join(' ');
    expect(both).toContain('--model gpt-x --output-schema /run/schema.json -');
    expect(planCodexInvocation(agentRequest({ model: null }), surroundings).args.join(' ')).not.toMatch(/--model|--output-schema/);
  });
});
