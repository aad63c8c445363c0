import type { Command } from '@nx-fleet/core';
import { runAgentProcess, type AgentContext } from './agent-process.js';
import { agentRequest, commandResult } from './request.fixture.js';

/** What a run shows whose program prints `lines`, one every `everyMs`. */
async function shownOf(lines: readonly string[], everyMs: number, env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const shown: string[] = [];
  let nowMs = 0;
  const context: AgentContext = {
    env,
    workspaceRoot: '/w',
    clock: { nowMs: () => nowMs, schedule: () => () => undefined },
    commands: {
      run: async (command: Command) => {
        for (const line of lines) {
          command.onLine?.(line, 'stdout');
          nowMs += everyMs;
        }
        return commandResult();
      },
    },
  };
  await runAgentProcess(context, {
    name: 'mine',
    file: 'mine',
    invocation: { args: [], input: '' },
    env: {},
    request: agentRequest({ onProgress: (line) => shown.push(line) }),
    redact: (text) => text.replaceAll('hunter2', '***'),
    stage: () => 'running',
    onLine: (line) => ({ lines: [line], isUrgent: line.startsWith('!'), meter: { unit: 'step', count: 1, usage: [] } }),
  });
  return shown;
}

const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);

describe('the progress of a run', () => {
  it('is at most one line a second, and one every 15 seconds in CI', async () => {
    expect(await shownOf(lines, 500, {})).toHaveLength(30);
    expect(await shownOf(lines, 500, { CI: 'true' })).toHaveLength(2);
    expect(await shownOf(lines, 500, { CI: 'False' })).toHaveLength(30);
  });

  it('leaves nothing out that is urgent', async () => {
    expect(await shownOf(['a', '!b', '!c', 'd'], 1, { CI: '1' })).toEqual(['mine: a (step 1)', 'mine: !b (step 1)', 'mine: !c (step 1)']);
  });

  it('shows no secret, not even one with a control character in it', async () => {
    expect(await shownOf(['says hun\u0007ter2'], 1, {})).toEqual(['mine: says *** (step 1)']);
  });
});
