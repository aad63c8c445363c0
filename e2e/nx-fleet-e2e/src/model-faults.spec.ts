import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { during } from './workspace/agent-scripts.js';
import type { ModelStep } from './workspace/loopback-model.js';
import type { Finished } from './workspace/processes.js';
import { createAgentWorkspace, PLAYED_BY, type AgentName, type AgentWorkspace } from './workspace/real-agents.js';

const refusal = (status: number, type: string): ModelStep => ({ status, error: { type, message: 'a scripted refusal' } });

/** What the model does, and how the stage says that it ended. */
const FAULTS: Readonly<Record<string, { readonly step: ModelStep; readonly ends: string }>> = {
  unauthorized: { step: refusal(401, 'authentication_error'), ends: '(unauthenticated)' },
  limited: { step: refusal(429, 'rate_limit_error'), ends: '(rate-limited)' },
  overloaded: { step: refusal(529, 'overloaded_error'), ends: '(rate-limited)' },
  hanging: { step: { text: 'never', fault: 'hang' }, ends: '(timed-out)' },
  cut: { step: { text: 'never', fault: 'cut' }, ends: '(crashed)' },
  garbled: { step: { text: 'never', fault: 'garbled' }, ends: '(crashed)' },
  chatty: { step: { text: 'I would rather write a poem.' }, ends: 'gave no valid answer twice' },
};
const NAMES = Object.keys(FAULTS);

describe.each<AgentName>(['claude', 'codex'])(`%s on a model that fails, played by ${PLAYED_BY}`, (agent) => {
  let fleet: AgentWorkspace;
  let finished: Finished;

  beforeAll(async () => {
    fleet = await createAgentWorkspace({
      writer: agent,
      reviewers: [agent],
      issues: Object.fromEntries(NAMES.map((name) => [name, `# The ${name}\n\n[[scenario:${name}]]\n`])),
      options: { limits: { agentIdleMinutes: 0.5, rateLimitMinutes: 0 } },
    });
    fleet.model.answerBy(NAMES.map((name) => ({ when: during('plan', name), steps: [FAULTS[name]?.step ?? { text: '' }] })));
    finished = await fleet.nx('run-many', '-t', 'agent-plan', '--output-style=static');
  });

  afterAll(async () => {
    await fleet.model.stop();
    await fleet.workspace.removeAtRest();
  });

  it.each(NAMES)('says how the %s one ended, and leaves no plan', (name) => {
    const statements = finished.output.split('> nx run ').find((task) => task.startsWith(`issue-${name}:agent-plan`));
    expect(statements).toContain(FAULTS[name]?.ends);
    expect(existsSync(join(fleet.workspace.root, `.nx-fleet/out/issue-${name}/agent-plan/plan.json`))).toBe(false);
  });

  it('tries again only a few times, and at most twice where the login is refused', () => {
    const asked = (name: string): number => fleet.model.requests().filter(({ text }) => text.includes(`[[scenario:${name}]]`)).length;
    expect(Object.fromEntries(NAMES.map((name) => [name, asked(name) <= 10]))).toEqual(
      Object.fromEntries(NAMES.map((name) => [name, true])),
    );
    expect(asked('unauthorized')).toBeLessThanOrEqual(3);
  });

  it('shows no login', () => {
    expect(finished.output).not.toMatch(/sk-(?:ant-)?loopback-/);
  });
});
