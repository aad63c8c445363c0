import { buildIssue } from '../stages/build/build-issue.js';
import { planIssue } from '../stages/plan/plan-issue.js';
import {
  aPlan,
  PLAN_TARGET,
  stageIssue,
  WRITTEN,
  type AgentScript,
  type StagedIssue,
  type StagedOptions,
} from '../stage/staged-issue.contract.js';
import type { AgentOutcome } from './agent.js';
import { runRecordSchema, type RunStep } from './run-record.js';

const limited = (retryAfterMs?: number): AgentOutcome => ({
  kind: 'rate-limited',
  message: 'slow down',
  usage: [],
  costUsd: null,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const withFallback: StagedOptions['options'] = {
  agents: { define: { claude: { type: 'claude', models: { standard: 'sonnet', strong: 'opus', fallback: 'haiku' } } } },
};

const plan = (issue: StagedIssue) => planIssue(issue.settings.plan, issue.context(PLAN_TARGET));
const steps = (issue: StagedIssue, target: string): readonly RunStep[] =>
  runRecordSchema.parse(JSON.parse(issue.out(target, 'run.json') ?? '')).steps;

describe('an agent that is run', () => {
  it('is tried again after a rate limit, waiting longer each time, and every try is recorded', async () => {
    const issue = await stageIssue({ agent: (_request, _fleet, asked) => (asked < 3 ? limited() : JSON.stringify(aPlan)) });
    expect(await plan(issue)).toEqual(aPlan);
    expect(issue.waits).toEqual([15_000, 30_000]);
    expect(issue.requests.map(({ model }) => model)).toEqual(['opus', 'opus', 'opus']);
    expect(steps(issue, PLAN_TARGET)).toMatchObject([
      { what: 'plan', ended: 'rate-limited', model: 'opus' },
      { what: 'plan, try 2', ended: 'rate-limited' },
      { what: 'plan, try 3', ended: 'completed' },
    ]);
    expect(issue.progress).toContain('claude was rate-limited: try 2 after 15 s');
  });

  it('gets its fallback model when waiting takes too long, and the record names the model that was asked', async () => {
    const agent: AgentScript = ({ model }) => (model === 'haiku' ? JSON.stringify(aPlan) : limited(7_200_000));
    const issue = await stageIssue({ agent, options: withFallback });
    await plan(issue);
    expect(issue.waits).toEqual([]);
    expect(steps(issue, PLAN_TARGET)).toMatchObject([
      { model: 'opus', ended: 'rate-limited' },
      { model: 'haiku', ended: 'completed' },
    ]);
  });

  it('fails when that is of no use either, and says when to try again', async () => {
    const issue = await stageIssue({ agent: () => limited(7_200_000), options: withFallback });
    await expect(plan(issue)).rejects.toThrow(
      'claude did not finish "plan" (rate-limited): slow down It says to try again in 120 min. What it printed: "/repo/.nx-fleet/out/issue-42/agent-plan/transcript.jsonl".',
    );
    expect(issue.requests).toHaveLength(2);
  });

  it.each<AgentOutcome['kind']>(['unauthenticated', 'denied', 'over-budget', 'crashed', 'timed-out', 'cancelled'])(
    'is never tried again when it ends %s',
    async (kind) => {
      const issue = await stageIssue({
        options: withFallback,
        agent: () => ({ kind: kind as 'crashed', message: 'no', usage: [], costUsd: null, retryAfterMs: 1 }),
      });
      await expect(plan(issue)).rejects.toThrow(`(${kind}): no`);
      expect(issue.requests).toHaveLength(1);
    },
  );

  it('says what remains and what goes on when it is cancelled', async () => {
    const agent: AgentScript = () => ({ kind: 'cancelled', message: 'no', usage: [], costUsd: null });
    await stageIssue({ agent }).then((issue) =>
      expect(plan(issue)).rejects.toThrow(/\(cancelled\): no To continue: nx run issue-42:agent-plan$/),
    );
    const issue = await stageIssue({ agent });
    const build = buildIssue(issue.settings.build, issue.context(WRITTEN));
    await expect(build).rejects.toThrow(/: no What it has written was kept under refs\/nx-fleet\/backup\/\. To continue: nx run issue-42:/);
  });

  it('ends when the caller cancels while it waits', async () => {
    const issue = await stageIssue({ agent: () => limited() });
    const cancel = new AbortController();
    const context = { ...issue.context(PLAN_TARGET), signal: cancel.signal, sleep: async () => cancel.abort() };
    await expect(planIssue(issue.settings.plan, context)).rejects.toThrow(/\(rate-limited\).* To continue: nx run issue-42:agent-plan$/);
    expect(issue.requests).toHaveLength(1);
  });

  it('keeps the source of a cost, and shows it', async () => {
    const usage = [{ model: 'opus-5', inputTokens: 30_000, cachedInputTokens: 10_000, outputTokens: 1_000 }];
    const issue = await stageIssue({
      agent: () => ({ kind: 'completed', answer: JSON.stringify(aPlan), usage, costUsd: 0.5, costSource: 'price-list-inexact' }),
    });
    await plan(issue);
    expect(steps(issue, PLAN_TARGET)).toMatchObject([{ costUsd: 0.5, costSource: 'price-list-inexact', usage }]);
    expect(issue.progress).toContain('claude: plan completed, 31k tokens (10k cached), ~$0.50');
  });
});

describe('a writer that is tried again', () => {
  it('starts from a clean tree, and its half-work is kept', async () => {
    const seen: string[][] = [];
    const issue = await stageIssue({
      agent: (request, { git }, asked) => {
        seen.push([...git.filesIn(request.cwd).keys()]);
        git.filesIn(request.cwd).set(asked === 1 ? 'half.ts' : 'whole.ts', 'x');
        return asked === 1 ? limited() : 'Done.';
      },
    });
    const made = await buildIssue(issue.settings.build, issue.context(WRITTEN));
    expect(seen[1]).toEqual(seen[0]);
    expect(Object.keys(issue.git.filesOf(made.head))).toEqual(['README.md', 'whole.ts']);
    const [kept] = await issue.git.listRefs('refs/nx-fleet/backup/issue-42/');
    expect(Object.keys(issue.git.filesOf(kept?.commit ?? ''))).toEqual(['README.md', 'half.ts']);
  });

  it('keeps the work of the attempt before, and marks the build as under way', async () => {
    let checks = 0;
    let marked: boolean | null = null;
    const issue = await stageIssue({
      commands: () => (++checks === 1 ? { exitCode: 1 } : {}),
      agent: (request, { git }, asked) => {
        if (asked === 3) marked = git.refs.has('refs/nx-fleet/building/issue-42');
        git.filesIn(request.cwd).set(`${asked}.ts`, 'x');
        return asked === 2 ? limited() : 'Done.';
      },
    });
    const made = await buildIssue(issue.settings.build, issue.context(WRITTEN));
    expect(Object.keys(issue.git.filesOf(made.head))).toEqual(['README.md', '1.ts', '3.ts']);
    expect(marked).toBe(true);
  });

  it('is not tried again when it left its branch', async () => {
    const issue = await stageIssue({
      agent: (request, { git }) => {
        git.setWorktree(request.cwd, { branch: null });
        return limited();
      },
    });
    await expect(buildIssue(issue.settings.build, issue.context(WRITTEN))).rejects.toThrow('The writer left');
    expect(issue.requests).toHaveLength(1);
  });
});
