import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { log } from '../report/log.js';
import { inBatches } from './batch.js';

interface Options {
  readonly says: string;
}

const task = (project: string): TaskGraph['tasks'][string] =>
  ({ id: `${project}:agent-review`, target: { project, target: 'agent-review', configuration: 'ci' } }) as TaskGraph['tasks'][string];
const projects = ['one', 'two', 'three'];
const graph = { tasks: Object.fromEntries(projects.map((project) => [`${project}:agent-review`, task(project)])) } as unknown as TaskGraph;
const options = Object.fromEntries(projects.map((project) => [`${project}:agent-review`, { says: `of ${project}` }]));

async function resultsOf(executor: (given: Options, context: ExecutorContext) => Promise<{ success: boolean }>): Promise<object[]> {
  let hasEnded = false;
  const results = await inBatches(executor, () => void (hasEnded = true))(graph, options, { says: 'of none' }, {
    root: '/repo',
  } as ExecutorContext);
  const found: object[] = [];
  for await (const { task: id, result } of results as AsyncIterable<{
    task: string;
    result: { success: boolean; terminalOutput: string };
  }>) {
    expect(hasEnded).toBe(false);
    found.push({ id, success: result.success, output: result.terminalOutput });
  }
  expect(hasEnded).toBe(true);
  return found;
}

describe('tasks of one executor in one process', () => {
  it('each have their own options and context, print by themselves and fail by themselves', async () => {
    const results = await resultsOf(async ({ says }, { root, projectName, targetName, configurationName }) => {
      log.info(`begins ${says}`);
      await new Promise((resolve) => setTimeout(resolve, projectName === 'one' ? 20 : 1));
      log.info(`${root} ${projectName}:${targetName}:${configurationName}`);
      return { success: projectName !== 'two' };
    });
    expect(results).toEqual([
      { id: 'one:agent-review', success: true, output: 'begins of one\n/repo one:agent-review:ci\n' },
      { id: 'two:agent-review', success: false, output: 'begins of two\n/repo two:agent-review:ci\n' },
      { id: 'three:agent-review', success: true, output: 'begins of three\n/repo three:agent-review:ci\n' },
    ]);
  });

  it('go on when one of them has a bug, which is shown with its stack', async () => {
    const results = await resultsOf(async (_, { projectName }) => {
      if (projectName === 'two') throw new TypeError('no such thing');
      return { success: true };
    });
    expect(results).toEqual([
      { id: 'one:agent-review', success: true, output: '' },
      { id: 'two:agent-review', success: false, output: expect.stringMatching(/TypeError: no such thing\n\s+at /) },
      { id: 'three:agent-review', success: true, output: '' },
    ]);
  });
});
