import type { ExecutorContext, TaskGraph, TaskGraphExecutor } from '@nx/devkit';
import pLimit from 'p-limit';
import { captureLog, log } from '../report/log.js';

/** How many tasks of a batch are at work at the same time: each starts a few git commands. */
const PARALLEL = 4;

type Executor<Options> = (options: Options, context: ExecutorContext) => Promise<{ success: boolean }>;

/**
 * Runs all tasks of an executor that Nx has ready in one process, and not one process each: for stages that ask no agent, starting a process costs
 * more than the work. Each task prints and fails by itself. None of them waits for another.
 */
export function inBatches<Options>(executor: Executor<Options>, letProcessEnd = letEnd): TaskGraphExecutor<Options> {
  return async ({ tasks }, options, _overrides, context) => {
    const limit = pLimit(PARALLEL);
    const run = async ([id, { target }]: [string, TaskGraph['tasks'][string]]) => {
      const startTime = Date.now();
      const { configuration } = target;
      const own: ExecutorContext = {
        ...context,
        projectName: target.project,
        targetName: target.target,
        ...(configuration === undefined ? {} : { configurationName: configuration }),
      };
      const { result, output } = await captureLog(() => endsWell(executor, options[id] as Options, own));
      return { task: id, result: { success: result, terminalOutput: output, startTime, endTime: Date.now() } };
    };
    // Of results that come one by one Nx shows the output.
    return inOrder(
      Object.entries(tasks).map((task) => limit(run, task)),
      letProcessEnd,
    );
  };
}

async function* inOrder<Result>(results: readonly Promise<Result>[], atEnd: () => void): AsyncGenerator<Result> {
  for (const result of results) yield await result;
  atEnd();
}

/** Nx keeps the process of each batch until the command ends, with all its memory: without its channel it ends once its answer is sent. */
function letEnd(): void {
  process.channel?.unref();
}

/** A bug in one task is not a reason to fail the others of its batch. */
async function endsWell<Options>(executor: Executor<Options>, options: Options, context: ExecutorContext): Promise<boolean> {
  try {
    return (await executor(options, context)).success;
  } catch (error) {
    log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return false;
  }
}
