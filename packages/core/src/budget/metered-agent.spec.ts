import type { Agent, AgentOutcome, AgentRequest } from '../agent/agent.js';
import { createFakeHost, type FakeHost } from '../host/fake-host.js';
import { budgetsSchema } from '../settings/section-settings.js';
import { readAgentRuns } from './spending.js';
import { meteredAgent } from './metered-agent.js';

const usage = [{ model: 'opus-5', inputTokens: 10, cachedInputTokens: 4, outputTokens: 2, costUsd: 0.4, costSource: 'agent' as const }];
const completed: AgentOutcome = { kind: 'completed', answer: 'Done.', usage, costUsd: 0.4, costSource: 'agent' };
const request = { model: 'opus' } as AgentRequest;

interface Metered {
  readonly host: FakeHost;
  readonly agent: Agent;
  /** How often the program was started. */
  readonly started: () => number;
}

function metered(run: () => Promise<AgentOutcome>, budgets: object = {}): Metered {
  const host = createFakeHost();
  let started = 0;
  const program: Agent = {
    name: 'claude',
    detect: async () => ({ version: '1' }),
    run: () => {
      started += 1;
      return run();
    },
  };
  const stage = { project: 'issue-42', target: 'agent-plan', key: 'key' };
  let ids = 0;
  const meter = { ...host, stage, budgets: budgetsSchema.parse(budgets), onProgress: () => {}, newId: () => String(ids++) };
  return { host, agent: meteredAgent(program, meter), started: () => started };
}

describe('a metered agent', () => {
  it('gives back what the agent says, and books it', async () => {
    const { agent, host } = metered(async () => completed);
    expect(await agent.run(request)).toBe(completed);
    expect(await agent.detect()).toEqual({ version: '1' });
    expect(await readAgentRuns(host)).toEqual([
      {
        id: '0',
        at: '2026-01-01T00:00:00.000Z',
        run: 'run-1',
        project: 'issue-42',
        target: 'agent-plan',
        key: 'key',
        agent: 'claude',
        model: 'opus',
        state: 'ended',
        costUsd: 0.4,
        isInexact: false,
        usage,
      },
    ]);
  });

  it('stands in the ledger before the agent begins', async () => {
    const { agent, host } = metered(async () => {
      expect(await readAgentRuns(host)).toMatchObject([{ state: 'under-way' }]);
      host.becomeAnotherProcess();
      expect(await readAgentRuns(host)).toMatchObject([{ state: 'killed', costUsd: null }]);
      return completed;
    });
    await agent.run(request);
    expect(await readAgentRuns(host)).toMatchObject([{ state: 'ended' }]);
  });

  it('books failures with what they cost', async () => {
    const { agent, host } = metered(async () => ({ kind: 'timed-out', message: '', usage: [], costUsd: 0.1 }));
    await agent.run(request);
    expect(await readAgentRuns(host)).toMatchObject([{ state: 'ended', costUsd: 0.1 }]);
  });

  it('books an unknown cost for an agent that throws, and throws on', async () => {
    const { agent, host } = metered(() => Promise.reject(new Error('a bug')));
    await expect(agent.run(request)).rejects.toThrow('a bug');
    expect(await readAgentRuns(host)).toMatchObject([{ state: 'ended', costUsd: null }]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('takes %d for no cost that is known', async (costUsd) => {
    const { agent, host } = metered(async () => ({ ...completed, costUsd }));
    await agent.run(request);
    expect(await readAgentRuns(host)).toMatchObject([{ costUsd: null }]);
  });

  it('refuses the next run once a budget is used up, and books nothing for it', async () => {
    const { agent, host, started } = metered(async () => completed, { stageUsd: 0.7 });
    await agent.run(request);
    await agent.run(request);
    await expect(agent.run(request)).rejects.toThrow('"budgets.stageUsd") is used up: $0.80 is spent');
    expect([started(), (await readAgentRuns(host)).length]).toEqual([2, 2]);
  });
});
