import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aPlan, during, rulesFor } from './workspace/agent-scripts.js';
import type { ModelRule, ModelStep } from './workspace/loopback-model.js';
import { createAgentWorkspace, PLAYED_BY, PROGRAMS, type AgentWorkspace } from './workspace/real-agents.js';
import type { Finished } from './workspace/processes.js';

const OVERLOADED: ModelStep = { status: 529, error: { type: 'overloaded_error', message: 'a scripted refusal' } };

type Steps = Parameters<typeof rulesFor>[1];

/** What only the fallback model says: a stand-in has another name for it. */
const fallbackSays = (stage: 'plan' | 'build', steps: Steps): readonly ModelRule[] =>
  ['claude', 'stand-in'].flatMap((prefix) => rulesFor(during(stage, 'busy', `"model":"${prefix}-haiku`), steps));

describe(`a model that is overloaded for good, asked by ${PLAYED_BY}`, () => {
  let fleet: AgentWorkspace;
  let finished: Finished;
  const record = (target: string) =>
    JSON.parse(readFileSync(join(fleet.workspace.root, `.nx-fleet/out/issue-busy/${target}/run.json`), 'utf8')) as {
      steps: { what: string; model: string | null; ended: string; usage: { model: string }[] }[];
    };

  beforeAll(async () => {
    const models = { standard: 'sonnet', strong: 'opus', fallback: 'haiku' };
    fleet = await createAgentWorkspace({
      writer: 'claude',
      reviewers: ['claude'],
      issues: { busy: '# The busy one\n\n[[scenario:busy]]\n' },
      define: { claude: { type: 'claude', command: PROGRAMS.claude, models, passEnv: ['IS_SANDBOX'] } },
      options: { checks: [], limits: { rateLimitMinutes: 0 } },
    });
    fleet.model.answerBy([
      ...fallbackSays('plan', () => [aPlan()]),
      ...fallbackSays('build', ({ add }) => [add('work-whole.txt', 'whole'), { text: 'Done.' }]),
      ...rulesFor(during('build', 'busy'), ({ add }) => [add('work-half.txt', 'half'), OVERLOADED]),
      { when: during('plan', 'busy'), steps: [OVERLOADED] },
    ]);
    finished = await fleet.nx('run', 'issue-busy:agent-build', '--output-style=static');
  });

  afterAll(() => fleet.remove());

  it('gives way to the fallback, and the record says who was asked and who answered', () => {
    expect(finished.output).toContain('its fallback model haiku is asked');
    expect(finished.exitCode).toBe(0);
    for (const [target, main] of [
      ['agent-plan', 'opus'],
      ['agent-build--claude', 'sonnet'],
    ] as const) {
      const agentSteps = record(target).steps.filter(({ what }) => what !== 'checks');
      expect(agentSteps).toMatchObject([
        { model: main, ended: 'rate-limited' },
        { model: 'haiku', ended: 'completed' },
      ]);
      expect(agentSteps[1]?.usage.map(({ model }) => model)).toContainEqual(expect.stringContaining('haiku'));
    }
  });

  it('leaves no half-work in what the fallback made, and keeps it', async () => {
    const { workspace } = fleet;
    expect(await workspace.git('show', '--name-only', '--format=', 'issue/busy-the-busy-one')).toBe('work-whole.txt');
    const [kept] = (await workspace.git('for-each-ref', '--format=%(refname)', 'refs/nx-fleet/backup/issue-busy/')).split('\n');
    expect(await workspace.git('show', '--name-only', '--format=', kept ?? '')).toBe('work-half.txt');
  });

  it('is paid for once', async () => {
    const before = fleet.model.requests().length;
    await fleet.nx('run', 'issue-busy:agent-build', '--output-style=static');
    expect(fleet.model.requests().length - before).toBe(0);
  });
});
