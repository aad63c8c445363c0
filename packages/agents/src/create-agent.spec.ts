import { settingsSchema, type Command } from '@nx-fleet/core';
import { createAgent } from './create-agent.js';
import { commandResult } from './request.fixture.js';

describe('createAgent', () => {
  it('makes an agent of each type from the settings, and takes a path from the workspace', async () => {
    const { agents } = settingsSchema.parse({ agents: { define: { mine: { type: 'command', command: 'tools/agent.mjs' } } } });
    const seen: Command[] = [];
    const commands = {
      run: (command: Command) => {
        seen.push(command);
        return Promise.resolve(commandResult({ stdout: '9.9.9' }));
      },
    };
    for (const [name, definition] of Object.entries(agents.define)) {
      const agent = createAgent(name, definition, { commands, env: {}, workspaceRoot: '/w' });
      expect(agent.name).toBe(name);
      expect(await agent.detect()).toEqual({ version: '9.9.9' });
    }
    expect(seen.map(({ file }) => file)).toEqual(['claude', 'codex', '/w/tools/agent.mjs']);
  });
});
