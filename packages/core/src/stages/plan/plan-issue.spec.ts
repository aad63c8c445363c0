import type { FakeGit } from '../../git/fake-git.js';
import { addIssue, aPlan, PLAN_TARGET, stageIssue, type AgentScript } from '../../stage/staged-issue.contract.js';
import { planIssue } from './plan-issue.js';

const answers: AgentScript = () => JSON.stringify(aPlan);

describe('planIssue', () => {
  it('writes the plan that a read-only agent makes of the base', async () => {
    const seen: string[] = [];
    const reading = await stageIssue({
      agent: (request, { git }) => {
        seen.push(...git.filesIn(request.cwd).keys());
        return JSON.stringify(aPlan);
      },
    });
    const later = reading.git.commit([reading.git.root], { 'later.ts': '' }, 'Later');
    reading.git.refs.set(reading.branchRef, later).set('refs/nx-fleet/built/issue-42', later);
    expect(await planIssue(reading.settings.plan, reading.context(PLAN_TARGET))).toEqual(aPlan);
    expect(seen).toEqual(['README.md']);
    expect(JSON.parse(reading.out(PLAN_TARGET, 'plan.json') ?? '')).toEqual(aPlan);
    expect(reading.out(PLAN_TARGET, 'plan.md')).toContain('1. **One**');
    expect(reading.requests).toMatchObject([{ readOnly: true, env: {}, model: 'opus', timeoutMs: 1_800_000, idleTimeoutMs: 600_000 }]);
  });

  it("asks no agent where a build would be refused over a person's commits, unless the branch is taken as it is", async () => {
    const staged = await stageIssue({ agent: answers });
    staged.git.filesIn(staged.worktree).set('mine.ts', '');
    await staged.git.commitAll(staged.worktree, 'Mine');
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow('nx g worktree --issue=42 --adopt');
    expect(staged.requests).toEqual([]);
    const manifest = await staged.host.state.readManifest('issue-42');
    if (manifest === null) throw new Error('no manifest');
    await staged.host.state.writeIssue('issue-42', { ...manifest, adopted: true }, '# Dark mode\n');
    await planIssue(staged.settings.plan, staged.context(PLAN_TARGET));
    expect(staged.requests).toHaveLength(1);
  });

  it('gives the agent the spec in a fence, and a strict schema', async () => {
    const staged = await stageIssue({ agent: answers });
    await planIssue(staged.settings.plan, staged.context(PLAN_TARGET));
    expect(staged.requests[0]?.prompt).toBe('PLAN ```markdown\n# Dark mode\n\nDo it.\n```');
    expect(Object.keys(staged.requests[0] ?? {}).sort()).toEqual([
      'answerSchema',
      'cwd',
      'env',
      'hidden',
      'idleTimeoutMs',
      'isAnswer',
      'model',
      'onProgress',
      'onTranscript',
      'prompt',
      'readOnly',
      'timeoutMs',
    ]);
    expect(staged.requests[0]?.answerSchema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['summary', 'steps', 'acceptance', 'projects', 'assumptions'],
    });
  });

  it('writes the same plan and its rendering at another time', async () => {
    const runs = await Promise.all(
      ['2026-01-01T00:00:00Z', '2027-02-03T04:05:06Z'].map(async (time) => {
        const staged = await stageIssue({ agent: answers, now: new Date(time) });
        await planIssue(staged.settings.plan, staged.context(PLAN_TARGET));
        return [staged.out(PLAN_TARGET, 'plan.json'), staged.out(PLAN_TARGET, 'plan.md')];
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
  });

  it('renders what the agent wrote without its control characters', async () => {
    const staged = await stageIssue({ agent: () => JSON.stringify({ ...aPlan, summary: 'Do \u001b]0;owned\u0007it.' }) });
    await planIssue(staged.settings.plan, staged.context(PLAN_TARGET));
    expect(staged.out(PLAN_TARGET, 'plan.md')).toMatch(/^Do it\.\n/);
  });

  it('asks once more after an answer that is not valid, showing it and what is wrong', async () => {
    const staged = await stageIssue({ agent: (_request, _fleet, asked) => (asked === 1 ? '{"summary":""}' : JSON.stringify(aPlan)) });
    expect(await planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).toEqual(aPlan);
    expect(staged.requests[1]?.prompt).toMatch(
      /^PLAN [^]*```text\n\{"summary":""\}\n```\n\nWhat is wrong: at "summary": [^]*Answer again\.$/,
    );
  });

  it('fails after a second one, leaving no plan but the transcript and the record', async () => {
    const staged = await stageIssue({ agent: () => 'I would rather not.' });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      'claude gave no valid answer twice (it is not one JSON object).',
    );
    expect(staged.requests).toHaveLength(2);
    expect(staged.out(PLAN_TARGET, 'plan.json')).toBeNull();
    expect(staged.out(PLAN_TARGET, 'transcript.jsonl')?.match(/"raw":true/g)).toHaveLength(2);
    expect(JSON.parse(staged.out(PLAN_TARGET, 'run.json') ?? '')).toMatchObject({
      agent: 'claude',
      agentVersion: '1.2.3',
      outcome: 'failed',
      steps: [{ what: 'plan' }, { what: 'plan, repair' }],
    });
  });

  it('says how an agent ended that did not finish, without its control characters', async () => {
    const staged = await stageIssue({
      options: { limits: { rateLimitMinutes: 0 } },
      agent: () => ({ kind: 'rate-limited', message: 'try at\n5\u001b[31m', usage: [], costUsd: 0.5 }),
    });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      'claude did not finish "plan" (rate-limited): try at 5',
    );
    expect(JSON.parse(staged.out(PLAN_TARGET, 'run.json') ?? '')).toMatchObject({
      outcome: 'failed',
      steps: [{ ended: 'rate-limited', costUsd: 0.5 }],
    });
  });

  it('discards the plan of an agent that wrote to its snapshot, and removes the snapshot', async () => {
    const staged = await stageIssue({
      agent: (request, { git }) => {
        git.filesIn(request.cwd).set('x', '');
        return JSON.stringify(aPlan);
      },
    });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      'The agent wrote to its read-only snapshot of "issue-42".',
    );
    expect(staged.out(PLAN_TARGET, 'plan.json')).toBeNull();
    expect(staged.git.snapshots()).toEqual([]);
  });

  it('discards the plan when the worktree changed, and leaves the worktree as it is', async () => {
    const staged = await stageIssue({
      agent: (_request, { git }) => {
        git.filesIn('/repo.worktrees/issue-42').set('x', '');
        return JSON.stringify(aPlan);
      },
    });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      /^"\/repo.worktrees\/issue-42" changed while an agent was reading: its files\. Look at git -C "\/repo.worktrees\/issue-42" status, undo what is not yours, then run this again\. The agent's answer is discarded\.$/,
    );
    expect(await staged.git.dirtyPaths('/repo.worktrees/issue-42')).toEqual(['x']);
    expect(staged.git.snapshots()).toEqual([]);
  });

  it('discards the plan of a planner that committed, and keeps the earlier tip', async () => {
    const staged = await stageIssue({
      agent: async (_request, { git }) => {
        git.filesIn('/repo.worktrees/issue-42').set('x', '');
        await git.commitAll('/repo.worktrees/issue-42', 'sneaky');
        return JSON.stringify(aPlan);
      },
    });
    const tip = await staged.git.readRef(staged.branchRef);
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      /its commits\. What was there before is kept as refs\/nx-fleet\/backup\/issue-42\/\S+\. Look at/,
    );
    expect(await staged.git.readRef(staged.branchRef)).not.toBe(tip);
    expect((await staged.git.listRefs('refs/nx-fleet/backup/')).map(({ commit }) => commit)).toEqual([tip]);
  });

  it('says of a planner that wrote and failed both: how it failed, and what differs', async () => {
    const staged = await stageIssue({
      agent: (_request, { git }) => {
        git.filesIn('/repo.worktrees/issue-42').set('x', '');
        return { kind: 'crashed', message: 'out of cheese', usage: [], costUsd: null };
      },
    });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      /out of cheese.* changed while an agent was reading: its files\./s,
    );
  });

  it.each<readonly [string, (git: FakeGit) => void]>([
    ['the configuration', (git) => git.configuration.set('core.hooksPath', '/tmp')],
    ['a branch of a person', (git) => git.refs.set('refs/heads/main', git.commit([git.root], { x: '' }, 'theirs'))],
    ['a new branch', (git) => git.refs.set('refs/heads/sneaky', git.root)],
  ])('discards the plan of a command that changed %s, and puts nothing back', async (_, change) => {
    const staged = await stageIssue({
      options: { agents: { writer: 'mine', define: { mine: { type: 'command', command: 'mine' } } } },
      agent: (_request, { git }) => {
        change(git);
        return JSON.stringify(aPlan);
      },
    });
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      /^Changed while an agent was reading, look at it yourself: ".* The agent's answer is discarded\.$/,
    );
    const { configuration, refs } = staged.git;
    expect(configuration.size === 1 || refs.get('refs/heads/main') !== staged.git.root || refs.has('refs/heads/sneaky')).toBe(true);
  });

  it.each([
    [{ CI: 'true' }, 'discarded'],
    [{}, 'believed'],
    [{ CI: 'False' }, 'believed'],
  ])('lets a person work in the repository while an agent with a fence of its own reads, but not in CI: %j', async (env, expected) => {
    const staged = await stageIssue({
      env,
      agent: (_request, { git }) => {
        git.refs.set('refs/heads/mine', git.root);
        return JSON.stringify(aPlan);
      },
    });
    const outcome = await planIssue(staged.settings.plan, staged.context(PLAN_TARGET)).then(
      () => 'believed',
      (error: unknown) => (String(error).includes('answer is discarded') ? 'discarded' : String(error)),
    );
    expect(outcome).toBe(expected);
  });

  it('accuses no agent of what other issues do meanwhile', async () => {
    const staged = await stageIssue({
      env: { CI: 'true' },
      agent: async (_request, fleet) => {
        await addIssue(staged, '43');
        fleet.git.refs.set('refs/heads/issue/43-issue-43', fleet.git.commit([fleet.git.root], { y: '' }, 'theirs'));
        return JSON.stringify(aPlan);
      },
    });
    expect(await planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).toEqual(aPlan);
  });

  it('hides the repository and all of its worktrees from an agent that can close them', async () => {
    const staged = await stageIssue({ agent: answers });
    await planIssue(staged.settings.plan, staged.context(PLAN_TARGET));
    expect(staged.requests[0]?.hidden).toEqual(['/repo', '/repo/.git', '/repo.worktrees/issue-42']);
  });

  it("keeps the worktree's env file as it was, and leaves the changed one", async () => {
    const staged = await stageIssue({
      agent: (_request, { host }) => {
        host.files.set('/repo.worktrees/issue-42/.env.local', 'PORT=1\n');
        return JSON.stringify(aPlan);
      },
    });
    const before = staged.host.files.get('/repo.worktrees/issue-42/.env.local');
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      /its \.env\.local\. What was there before is kept as "\/repo\/\.nx-fleet\/local\/kept\/issue-42-/,
    );
    expect(staged.host.files.get('/repo.worktrees/issue-42/.env.local')).toBe('PORT=1\n');
    const kept = [...staged.host.files].filter(([path]) => path.startsWith('/repo/.nx-fleet/local/kept/'));
    expect(kept.map(([, text]) => text)).toEqual([before]);
  });

  it('says that an env file is new, and leaves it', async () => {
    const staged = await stageIssue({
      agent: (_request, { host }) => {
        host.files.set('/repo.worktrees/issue-42/.env.local', 'PORT=1\n');
        return JSON.stringify(aPlan);
      },
    });
    staged.host.files.delete('/repo.worktrees/issue-42/.env.local');
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow(
      '"/repo.worktrees/issue-42" changed while an agent was reading: its .env.local.',
    );
    expect(staged.host.files.get('/repo.worktrees/issue-42/.env.local')).toBe('PORT=1\n');
  });

  it.each([
    ['another entry in place of one', ['stash@{0}: On b: theirs'], expect.stringContaining('its stash entries')],
    ['an entry that is elsewhere in the list', ['stash@{1}: On b: mine'], aPlan],
  ])('judges the stash by its entries: %s', async (_, after, expected) => {
    const stashes = new Map<string, readonly string[]>();
    const staged = await stageIssue({
      git: { stashes: new Proxy({}, { get: () => stashes.get('now') }) },
      agent: () => {
        stashes.set('now', after);
        return JSON.stringify(aPlan);
      },
    });
    stashes.set('now', ['stash@{0}: On b: mine']);
    const outcome = await planIssue(staged.settings.plan, staged.context(PLAN_TARGET)).catch((error: unknown) => String(error));
    expect(outcome).toEqual(expected);
  });

  it('compares the worktree even when the repository cannot be', async () => {
    const staged = await stageIssue({
      agent: (_request, { git }) => {
        git.filesIn('/repo.worktrees/issue-42').set('x', '');
        return JSON.stringify(aPlan);
      },
    });
    const broken = { compare: () => Promise.reject(new Error('no space')) };
    const context = { ...staged.context(PLAN_TARGET), git: { ...staged.git, watch: async () => broken } };
    await expect(planIssue(staged.settings.plan, context)).rejects.toThrow(/could not be compared: Error: no space\. .*its files/s);
  });

  it('takes no work away that was in the worktree before the planner', async () => {
    const staged = await stageIssue({
      agent: (_request, { git }) => {
        git.filesIn('/repo.worktrees/issue-42').set('x', '');
        return JSON.stringify(aPlan);
      },
    });
    staged.git.filesIn('/repo.worktrees/issue-42').set('mine', '');
    await expect(planIssue(staged.settings.plan, staged.context(PLAN_TARGET))).rejects.toThrow('Look at git -C');
    expect(await staged.git.dirtyPaths('/repo.worktrees/issue-42')).toEqual(['mine', 'x']);
  });

  it('names the missing agent as its adapter says', async () => {
    const staged = await stageIssue();
    const context = {
      ...staged.context(PLAN_TARGET),
      agent: () => ({
        name: 'claude',
        detect: async () => ({ missing: 'claude is not installed. Run: npm i' }),
        run: () => Promise.reject(new Error('ran')),
      }),
    };
    await expect(planIssue(staged.settings.plan, context)).rejects.toThrow('claude is not installed. Run: npm i');
  });
});
