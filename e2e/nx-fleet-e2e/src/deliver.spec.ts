import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX, TESTS_ALL } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES } from './workspace/scripted-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/bug.md': '# The bug\n\nPLANT BUG\n',
  'docs/issues/stubborn.md': '# The stubborn\n\nPLANT BUG, STUBBORN\n',
  'docs/issues/sound.md': '# The sound\n\nNothing wrong here.\n',
  'docs/issues/first.md': '# The first\n\nPLANT BUG\n',
  'docs/issues/second.md': '---\nblocked-by: first\n---\n# The second\n\nNothing wrong here.\n',
  'docs/issues/third.md': '---\nblocked-by: second\n---\n# The third\n\nPLANT BUG\n',
};

describe('delivering an issue', () => {
  let workspace: Workspace;
  const deliver = (...ids: readonly string[]): Promise<Finished> =>
    workspace.startNx(['run-many', '-t', 'agent-deliver', '-p', ids.map((id) => `issue-${id}`).join(','), '--output-style=static'], {
      env: callLog(workspace),
    }).finished;
  const stagesOf = (title: string): readonly string[] =>
    agentCalls(workspace)
      .filter((call) => call.title === title)
      .map(({ stage }) => stage);

  beforeAll(async () => {
    workspace = await createFleet({ ...NEWEST_NX, files: { ...SCRIPTED_FILES, ...ISSUES } });
    await succeed(workspace.nx('g', 'worktree', '--issue=bug,stubborn,sound,first,second,third'));
  });

  afterAll(() => workspace.removeAtRest());

  it('has what blocks fixed and reviewed again, stops where a fix changes nothing about what is found, and pays no agent twice', async () => {
    const first = await deliver('bug', 'sound', 'stubborn');
    expect(first.exitCode).not.toBe(0);
    expect(first.output).toContain('approved after 1 fix\n');
    expect(first.output.match(/approved after/g)).toHaveLength(1);
    expect(first.output).toContain('A fix did not change what the reviewers find.');
    expect(first.output).not.toContain('same inputs as before');
    expect(stagesOf('The bug')).toEqual(['plan', 'build', 'review', 'fix', 'review']);
    expect(stagesOf('The stubborn')).toEqual(['plan', 'build', 'review', 'fix', 'review']);
    expect(stagesOf('The sound')).toEqual(['plan', 'build', 'review']);
    expect(readFileSync(join(worktreeOf(workspace, 'issue-bug'), 'work-the-bug.txt'), 'utf8')).toBe('fixed\n');
    const subjects = await workspace.git('log', '--format=%s', 'main..issue/bug-the-bug');
    expect(subjects.split('\n')).toEqual(['The bug: address review', 'The bug']);
    const calls = agentCalls(workspace).length;
    expect((await deliver('bug', 'sound')).exitCode).toBe(0);
    expect(agentCalls(workspace)).toHaveLength(calls);
  });

  describe('of issues that wait for each other', () => {
    const chain = ['first', 'second', 'third'] as const;
    /** The last of them waits for the one before as that one does for the first. */
    const moved = TESTS_ALL ? chain : (['first', 'second'] as const);
    const last = TESTS_ALL ? 'third' : 'second';
    const text = (issue: string, work: string): string =>
      readFileSync(join(worktreeOf(workspace, `issue-${issue}`), `work-the-${work}.txt`), 'utf8');
    const callsOf = (title: string, stage: string): number => stagesOf(title).filter((one) => one === stage).length;

    it('delivers all of them in one command, each from what the one before was fixed to', async () => {
      const { exitCode, output } = await deliver(...chain);
      expect(output).not.toContain('Recursive task invocation');
      expect(exitCode).toBe(0);
      expect(text('second', 'first')).toBe('fixed\n');
      expect([text('third', 'first'), text('third', 'third')]).toEqual(['fixed\n', 'fixed\n']);
      expect(stagesOf('The second')).toEqual(['plan', 'build', 'review']);
    });

    it('restores a fix on an amended commit below it, and asks no agent', async () => {
      const worktree = worktreeOf(workspace, 'issue-first');
      const calls = agentCalls(workspace).length;
      await workspace.git('-C', worktree, 'reset', '-q', '--hard', 'HEAD~1');
      await workspace.git('-C', worktree, 'commit', '-q', '--amend', '-m', 'Another message');
      const { exitCode } = await deliver(...moved);
      expect(exitCode).toBe(0);
      expect(text('first', 'first')).toBe('fixed\n');
      expect(await workspace.git('log', '--format=%s', `main..issue/${last}-the-${last}`)).toContain('Another message');
      expect(agentCalls(workspace)).toHaveLength(calls);
    });

    it('moves those that wait over when the one before moves on: they are reviewed, and not built', async () => {
      const worktree = worktreeOf(workspace, 'issue-first');
      await workspace.run('node', ['-e', 'require("fs").writeFileSync("hand.txt", "by hand\\n")'], { cwd: worktree });
      await workspace.git('-C', worktree, 'add', '-A');
      await workspace.git('-C', worktree, 'commit', '-qm', 'By hand');
      const [built, reviewed] = [callsOf(`The ${last}`, 'build'), callsOf(`The ${last}`, 'review')];
      expect((await deliver(...moved)).exitCode).toBe(0);
      expect(readFileSync(join(worktreeOf(workspace, `issue-${last}`), 'hand.txt'), 'utf8')).toBe('by hand\n');
      expect(callsOf(`The ${last}`, 'build')).toBe(built);
      expect(callsOf(`The ${last}`, 'review')).toBe(reviewed + 1);
    });
  });
});
