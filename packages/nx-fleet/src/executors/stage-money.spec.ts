import type { ExecutorContext } from '@nx/devkit';
import { parseSettings, type StageContext } from '@nx-fleet/core';
import { requireStageBudget, tasksBefore } from './stage-money.js';

const task = (id: string) => {
  const [project = '', target = ''] = id.split(':');
  return { id, target: { project, target }, outputs: [], overrides: {}, parallelism: true, cache: true };
};
const DEPENDENCIES: Readonly<Record<string, string[]>> = {
  'issue-2:agent-build': ['issue-2:agent-plan', 'issue-1:agent-build'],
  'issue-1:agent-build': ['issue-1:agent-plan'],
  'issue-1:agent-plan': [],
  'issue-2:agent-plan': [],
  'issue-3:agent-plan': [],
};
const graph = {
  roots: [],
  tasks: Object.fromEntries(Object.keys(DEPENDENCIES).map((id) => [id, task(id)])),
  dependencies: DEPENDENCIES,
  continuousDependencies: {},
} as ExecutorContext['taskGraph'];

describe('the tasks before one', () => {
  it('are those that it waits for, through others too, and no other of the command', () => {
    expect(tasksBefore('issue-2:agent-build', graph)).toEqual([
      { project: 'issue-1', target: 'agent-build' },
      { project: 'issue-1', target: 'agent-plan' },
      { project: 'issue-2', target: 'agent-plan' },
    ]);
  });

  it('are found where Nx 24 puts an object in place of an id', () => {
    const edges = Object.fromEntries(Object.entries(DEPENDENCIES).map(([id, ids]) => [id, ids.map((other) => ({ id: other }))]));
    const ofNx24 = { ...graph, dependencies: edges } as unknown as ExecutorContext['taskGraph'];
    expect(tasksBefore('issue-2:agent-build', ofNx24)).toEqual(tasksBefore('issue-2:agent-build', graph));
  });

  it('are none for the first one, and where Nx gives no graph', () => {
    expect(tasksBefore('issue-1:agent-plan', graph)).toEqual([]);
    expect(tasksBefore('issue-1:agent-plan', undefined)).toEqual([]);
  });

  it('are found once also in a circle', () => {
    const circle = { ...graph, dependencies: { a: ['issue-1:agent-plan'], 'issue-1:agent-plan': ['a'] } } as ExecutorContext['taskGraph'];
    expect(tasksBefore('a', circle)).toEqual([{ project: 'issue-1', target: 'agent-plan' }]);
  });
});

describe('the budget before a stage', () => {
  async function ask(runUsd: number, worktree: string | null): Promise<{ readonly refused: boolean; readonly ended: readonly string[] }> {
    const ended: string[] = [];
    const host = {
      ledger: { run: 'run-1', readPayments: async () => [] },
      state: { readLocal: async () => (worktree === null ? null : { worktree, ports: {}, database: null }) },
      endStrays: async (directory: string) => ended.push(directory),
    };
    const stage = { project: 'issue-1', target: 'agent-plan', key: 'key', host, onProgress: () => {} } as unknown as StageContext;
    const settings = parseSettings([{ file: 'nx-fleet.json', value: { budgets: { runUsd } } }]);
    const refused = await requireStageBudget(stage, settings).then(
      () => false,
      () => true,
    );
    return { refused, ended };
  }

  it('ends what a killed run has left at work when it refuses', async () => {
    expect(await ask(0, '/w/issue-1')).toEqual({ refused: true, ended: ['/w/issue-1'] });
    expect(await ask(0, null)).toEqual({ refused: true, ended: [] });
  });

  it('ends nothing when the stage may go on', async () => {
    expect(await ask(1, '/w/issue-1')).toEqual({ refused: false, ended: [] });
  });
});
