import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aPlan, APPROVAL, during, objection, rulesFor } from './workspace/agent-scripts.js';
import type { Finished } from './workspace/processes.js';
import { createAgentWorkspace, PLAYED_BY, stageOf, type AgentRoles, type AgentWorkspace } from './workspace/real-agents.js';
import { worktreeOf } from './workspace/shop.js';

const ISSUES = {
  '1': '# One apple\n\nAn apple. [[scenario:good]]\n',
  '2': '# Two pears\n\nPears. [[scenario:repair]]\n',
  '3': '# Three figs\n\nFigs. [[scenario:bug]]\n',
};
const ROLES: readonly AgentRoles[] = [
  { writer: 'claude', reviewers: ['codex', 'claude'] },
  { writer: 'codex', reviewers: ['claude', 'codex'] },
];

const RULES = [
  ...['good', 'repair', 'bug'].map((scenario) => ({ when: during('plan', scenario), steps: [aPlan()] })),
  ...rulesFor(during('build', 'good'), ({ add }) => [add('work-apple.txt', 'an apple'), { text: 'Done.' }]),
  ...rulesFor(during('build', 'repair', "An earlier writer's work"), ({ add }) => [add('fixed.txt', 'fixed'), { text: 'Fixed.' }]),
  ...rulesFor(during('build', 'repair'), ({ add }) => [add('work-pears.txt', 'BROKEN'), { text: 'Done.' }]),
  ...rulesFor(during('build', 'bug'), ({ add }) => [add('work-figs.txt', 'BUG'), { text: 'Done.' }]),
  { when: during('review', 'bug'), steps: [objection('work-figs.txt')] },
  ...['good', 'repair'].flatMap((scenario) => rulesFor(during('review', scenario), ({ run }) => [run('git diff HEAD~1'), APPROVAL])),
];

// Fails until there is a file that says that it is fixed: an agent without a tool to change a file can add one.
const CHECK = `import { existsSync, readdirSync, readFileSync } from 'node:fs';
const broken = readdirSync('.').filter((file) => file.startsWith('work-') && readFileSync(file, 'utf8').includes('BROKEN'));
if (broken.length > 0 && !existsSync('fixed.txt')) {
  console.error('BROKEN in ' + broken.join(', '));
  process.exit(1);
}
`;

describe.each(ROLES)(`the fleet with $writer as writer, played by ${PLAYED_BY}`, (roles) => {
  let fleet: AgentWorkspace;
  let first: Finished;
  const review = (): Promise<Finished> => fleet.nx('run-many', '-t', 'agent-review', '--output-style=static');
  const artifact = (project: string, target: string, file: string): string => {
    const path = join(fleet.workspace.root, '.nx-fleet/out', project, target, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };

  beforeAll(async () => {
    fleet = await createAgentWorkspace({ ...roles, issues: ISSUES, files: { 'tools/check.mjs': CHECK } });
    fleet.model.answerBy(RULES);
    first = await review();
  });

  afterAll(async () => {
    await fleet.model.stop();
    await fleet.workspace.removeAtRest();
  });

  it('approves what every reviewer approves, and blocks what one finds broken', () => {
    expect(first.output).toMatch(/BLOCKS +high +work-figs\.txt:1 +A planted bug +\[(?:claude, codex|codex, claude)\]/);
    expect(first.output.match(/Verdict: \w+/g)?.toSorted()).toEqual(['Verdict: approved', 'Verdict: approved', 'Verdict: changes']);
    expect(first.exitCode).not.toBe(0);
  });

  it('has a fresh writer fix what a check found', () => {
    const build = artifact('issue-2', `agent-build--${roles.writer}`, 'build.json');
    expect((JSON.parse(build) as { commits: string[] }).commits.toSorted()).toEqual(['Two pears', 'Two pears: fix failing checks']);
    const transcript = artifact('issue-2', `agent-build--${roles.writer}`, 'transcript.jsonl');
    expect(transcript).toContain('BROKEN in work-pears.txt');
  });

  it('commits what the writer wrote, and nothing else', async () => {
    const { workspace } = fleet;
    expect(await workspace.git('show', '--name-only', '--format=', 'issue/1-one-apple')).toBe('work-apple.txt');
    expect(await workspace.git('-C', worktreeOf(workspace, 'issue-1'), 'status', '--porcelain')).toBe('');
  });

  it('knows the tokens of each run, and its cost where the program tells it', () => {
    const record = JSON.parse(artifact('issue-1', `agent-build--${roles.writer}`, 'run.json')) as { steps: { costUsd: number | null }[] };
    expect(record.steps[0]).toMatchObject({ what: 'build', ended: 'completed', usage: [{ cachedInputTokens: 400, outputTokens: 100 }] });
    expect(record.steps[0]?.costUsd === null).toBe(roles.writer === 'codex');
  });

  it('asks each stage in a context of its own, and gives a reader no tool that writes', () => {
    const requests = fleet.model.requests().filter(({ protocol }) => protocol !== undefined);
    expect(new Set(requests.map(stageOf))).toEqual(new Set(['plan', 'build', 'review']));
    for (const request of requests.filter((one) => one.protocol === 'messages' && stageOf(one) !== 'build')) {
      const names = request.body?.tools?.map(({ name }) => name) ?? [];
      expect(names.filter((name) => ['Write', 'Edit', 'NotebookEdit', 'Agent', 'WebFetch', 'WebSearch'].includes(name ?? ''))).toEqual([]);
    }
  });

  it('reaches nothing but the model', () => {
    const others = fleet.model.requests().filter(({ protocol }) => protocol === undefined);
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it('asks no model the second time, and the gate still fails', async () => {
    const before = fleet.model.requests().length;
    const second = await review();
    expect(fleet.model.requests().length - before).toBe(0);
    expect(second.exitCode).not.toBe(0);
    expect(second.output.match(/Verdict: \w+/g)).toHaveLength(3);
  });
});
