import type { ExecutorContext } from '@nx/devkit';
import { tasksBefore } from './stage-money.js';

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

  it('are none for the first one, and where Nx gives no graph', () => {
    expect(tasksBefore('issue-1:agent-plan', graph)).toEqual([]);
    expect(tasksBefore('issue-1:agent-plan', undefined)).toEqual([]);
  });

  it('are found once also in a circle', () => {
    const circle = { ...graph, dependencies: { a: ['issue-1:agent-plan'], 'issue-1:agent-plan': ['a'] } } as ExecutorContext['taskGraph'];
    expect(tasksBefore('a', circle)).toEqual([{ project: 'issue-1', target: 'agent-plan' }]);
  });
});
