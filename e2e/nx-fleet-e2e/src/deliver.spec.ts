import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES } from './workspace/scripted-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { createFleet, succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/bug.md': '# The bug\n\nPLANT BUG\n',
  'docs/issues/stubborn.md': '# The stubborn\n\nPLANT BUG, STUBBORN\n',
  'docs/issues/sound.md': '# The sound\n\nNothing wrong here.\n',
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
    await succeed(workspace.nx('g', 'worktree', '--issue=bug,stubborn,sound'));
  });

  afterAll(() => workspace.removeAtRest());

  it('has what blocks mended and reviewed again, and pays nobody twice', async () => {
    const first = await deliver('bug', 'sound');
    expect(first.output).toContain('approved after 1 fix(es)');
    expect(first.output).toContain('approved without a fix');
    expect(first.exitCode).toBe(0);
    expect(stagesOf('The bug')).toEqual(['plan', 'build', 'review', 'fix', 'review']);
    expect(stagesOf('The sound')).toEqual(['plan', 'build', 'review']);
    expect(readFileSync(join(worktreeOf(workspace, 'issue-bug'), 'work-the-bug.txt'), 'utf8')).toBe('mended\n');
    const subjects = await workspace.git('log', '--format=%s', 'main..issue/bug-the-bug');
    expect(subjects.split('\n')).toEqual(['The bug: address review', 'The bug']);
    const calls = agentCalls(workspace).length;
    expect((await deliver('bug', 'sound')).exitCode).toBe(0);
    expect(agentCalls(workspace)).toHaveLength(calls);
  });

  it('stops when a fix changes nothing about what is found', async () => {
    const { exitCode, output } = await deliver('stubborn');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('A fix has changed nothing about what the reviewers find.');
    expect(stagesOf('The stubborn')).toEqual(['plan', 'build', 'review', 'fix', 'review']);
  });
});
