import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TESTS_ALL } from './versions.js';
import { aPlan, APPROVAL, during, rulesFor } from './workspace/agent-scripts.js';
import type { Protocol } from './workspace/loopback-model.js';
import type { Finished } from './workspace/processes.js';
import { agentOptions, createAgentWorkspace, PLAYED_BY, stageOf, type AgentRoles, type AgentWorkspace } from './workspace/real-agents.js';
import { succeed } from './workspace/workspace.js';
import {
  attempts,
  orderVandal,
  stateOf,
  targetsOf,
  VANDAL_DEFINITION,
  VANDAL_FILES,
  writingCommands,
  type Targets,
} from './workspace/write-attempts.js';

const ISSUES = { '1': '# One apple\n\n[[scenario:battery]]\n' };
const ROLES: AgentRoles = { writer: 'claude', planner: 'codex', reviewers: ['codex', 'claude'] };
const DEFINE = { vandal: VANDAL_DEFINITION };

describe(`readers that try to write, played by ${PLAYED_BY}`, () => {
  let fleet: AgentWorkspace;
  let targets: Targets;
  const review = (): Promise<Finished> => fleet.nx('run', 'issue-1:agent-review', '--output-style=static');
  const state = (): Promise<object> => stateOf(fleet.workspace, targets);
  const triedIn = (stage: string, protocol: Protocol): number => {
    const requests = fleet.model.requests().filter((request) => stageOf(request) === stage && request.protocol === protocol);
    return Math.max(0, ...requests.map(({ text }) => text.match(/"type":"(?:tool_result|\w+_call_output)"/g)?.length ?? 0));
  };

  beforeAll(async () => {
    const files = { ...VANDAL_FILES, 'AGENTS.md': 'RULE-WORD\n' };
    fleet = await createAgentWorkspace({ ...ROLES, issues: ISSUES, files, define: DEFINE });
    targets = targetsOf(fleet.workspace, 'issue-1');
    const tries = (protocol: Protocol) => ({ protocol, step: attempts(protocol, targets) });
    fleet.model.answerBy([
      ...rulesFor(during('build', 'battery'), ({ add }) => [add('work-apple.txt', 'an apple'), { text: 'Done.' }]),
      ...[tries('messages'), tries('responses')].flatMap(({ protocol, step }) => [
        { when: during('plan', 'battery'), protocol, steps: [step, aPlan()] },
        { when: during('review', 'battery'), protocol, steps: [step, APPROVAL] },
      ]),
    ]);
  });

  afterAll(async () => {
    await fleet.model.stop();
    await fleet.workspace.removeAtRest();
  });

  it('are held by the planner: nothing is changed, and its plan stands', async () => {
    const before = await state();
    await succeed(fleet.nx('run', 'issue-1:agent-plan', '--output-style=static'));
    expect(await state()).toEqual(before);
    expect(triedIn('plan', 'responses')).toBeGreaterThan(writingCommands(targets).length);
  });

  it('are held by each reviewer: nothing is changed, and their verdict stands', async () => {
    await succeed(fleet.nx('run', 'issue-1:agent-validate', '--output-style=static'));
    const before = await state();
    const finished = await succeed(review());
    expect(await state()).toEqual(before);
    expect(finished.output).toContain('Verdict: approved');
    for (const protocol of ['messages', 'responses'] as const)
      expect(triedIn('review', protocol)).toBeGreaterThan(writingCommands(targets).length);
  });

  describe('and can', () => {
    const artifact = (): string => join(fleet.workspace.root, '.nx-fleet/out/issue-1/agent-review--vandal/review.json');

    const saved = (name: string): string => join(fleet.workspace.folder, 'tmp', `saved-${name}`);

    beforeAll(async () => {
      fleet.workspace.write('nx-fleet.json', agentOptions({ ...ROLES, reviewers: ['vandal'], define: DEFINE }));
      await fleet.workspace.git('commit', '-qm', 'vandal', 'nx-fleet.json');
      cpSync(join(targets.main, '.git'), saved('git'), { recursive: true, verbatimSymlinks: true });
      cpSync(join(targets.worktree, '.env.local'), saved('env'));
    });

    /** nx-fleet puts nothing back: here the user does. */
    afterEach(async () => {
      rmSync(join(targets.main, '.git'), { recursive: true });
      cpSync(saved('git'), join(targets.main, '.git'), { recursive: true, verbatimSymlinks: true });
      cpSync(saved('env'), join(targets.worktree, '.env.local'));
      for (const place of [targets.main, targets.worktree]) {
        await fleet.workspace.git('-C', place, 'reset', '-q', '--hard');
        await fleet.workspace.git('-C', place, 'clean', '-fdq');
      }
    });

    const forbidden: readonly (readonly [string, (targets: Targets) => string])[] = [
      ['a file of its own folder', () => 'echo x > sneaky.txt'],
      ['a mode in its own folder', () => 'chmod 755 AGENTS.md'],
      ['a file that git ignores there', () => 'echo .x > .git/info/exclude; echo x > .x'],
      ['a commit there', () => 'git -c user.name=a -c user.email=a@b commit --allow-empty -m x'],
      ['a configuration there', () => 'git config user.name x'],
      ['a file of the worktree', ({ worktree }) => `echo x > ${worktree}/sneaky.txt`],
      ['a changed file of the worktree', ({ worktree }) => `echo x >> ${worktree}/AGENTS.md`],
      ['the index of the worktree', ({ worktree }) => `git -C ${worktree} rm -q --cached AGENTS.md`],
      ['another branch of the worktree', ({ worktree }) => `git -C ${worktree} checkout -q -b sneaky`],
      ["the worktree's env file", ({ worktree }) => `echo PORT=1 > ${worktree}/.env.local`],
      ['a new file of the main worktree', ({ main }) => `echo x > ${main}/sneaky.txt`],
      ['a changed file of the main worktree', ({ main }) => `echo x >> ${main}/AGENTS.md`],
      ['away a file of the main worktree', ({ main }) => `rm ${main}/AGENTS.md`],
      ['the index of the main worktree', ({ main }) => `git -C ${main} rm -q --cached AGENTS.md`],
      ['a commit on the main branch', ({ main }) => `git -C ${main} -c user.name=a -c user.email=a@b commit -q --allow-empty -m x`],
      ['another branch of the main worktree', ({ main }) => `git -C ${main} checkout -q -b sneaky`],
      ['a branch', ({ main }) => `git -C ${main} branch sneaky`],
      ['a tag', ({ main }) => `git -C ${main} tag sneaky`],
      ['a note', ({ main }) => `git -C ${main} -c user.name=a -c user.email=a@b notes add -m x HEAD`],
      ['the configuration', ({ main }) => `git -C ${main} config core.hooksPath /tmp`],
      ['an alias by hand', ({ main }) => `printf '[alias]\\n\\tst = !touch /tmp/x\\n' >> ${main}/.git/config`],
      [
        'a hook',
        ({ main }) => `mkdir -p ${main}/.git/hooks; echo x > ${main}/.git/hooks/pre-commit; chmod 755 ${main}/.git/hooks/pre-commit`,
      ],
      ['attributes', ({ main }) => `mkdir -p ${main}/.git/info; echo '* filter=x' > ${main}/.git/info/attributes`],
      [
        'on the stash',
        ({ worktree }) => `echo x > ${worktree}/sneaky.txt; git -C ${worktree} -c user.name=a -c user.email=a@b stash push -u`,
      ],
      ['a commit on the branch', ({ worktree }) => `git -C ${worktree} -c user.name=a -c user.email=a@b commit -q --allow-empty -m x`],
    ];

    // Otherwise one of five: each is a review of its own.
    it.each(forbidden.filter((_, index) => TESTS_ALL || index % 5 === 0))('write %s lose their verdict', async (_, command) => {
      orderVandal(fleet.workspace, [command(targets)]);
      const finished = await review();
      expect(finished.output).toMatch(/[Ii]ts answer is discarded|agent's answer is discarded/);
      expect(finished.exitCode).not.toBe(0);
      expect(existsSync(artifact())).toBe(false);
    });

    it('commit on the branch leave its earlier head under a ref, which the message names', async () => {
      const head = await fleet.workspace.git('-C', targets.worktree, 'rev-parse', 'HEAD');
      orderVandal(fleet.workspace, [`git -C ${targets.worktree} -c user.name=a -c user.email=a@b commit -q --allow-empty -m x`]);
      const { output } = await review();
      const ref = /What was there before is kept as (refs\/nx-fleet\/backup\/issue-1\/[\w-]+)/.exec(output)?.[1] ?? 'none';
      expect(await fleet.workspace.git('rev-parse', ref)).toBe(head);
    });

    it('are named with what they changed', async () => {
      orderVandal(fleet.workspace, [`git -C ${targets.main} config alias.x '!true'; git -C ${targets.main} tag sneaky`]);
      const { output } = await review();
      expect(output).toContain(
        'Changed while an agent was reading, look at it yourself: "alias.x" in git\'s configuration, "refs/tags/sneaky"',
      );
    });

    it('do not, are believed', async () => {
      orderVandal(fleet.workspace, []);
      expect((await succeed(review())).output).toContain('Verdict: approved');
    });
  });
});
