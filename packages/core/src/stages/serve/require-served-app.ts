import { UserError } from '../../errors/user-error.js';
import type { AppAccess } from './app-access.js';
import { readAppState, requestApp, type AppState } from './app-state.js';
import type { StageContext } from '../../stage/stage-context.js';
import { e2eServeTarget, parseTarget } from '../../stage/targets.js';

const POLL_MS = 100;
const MAX_SILENCE_MS = 60_000;

/**
 * Has the app started, if it does not run yet, and waits until it is ready.
 * @throws UserError when it cannot be started, or another state of the branch is what runs
 */
export async function requireServedApp(tree: string, access: AppAccess, context: StageContext): Promise<AppState> {
  const { project, signal } = context;
  const served = e2eServeTarget(parseTarget(context.target).round);
  await requestApp(served, context);
  let isKnown = false;
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const app = await readAppState(served, context);
    if (app !== null && app.failure !== null) throw new UserError(`The app failed to start: ${app.failure}`);
    if (app?.isReady === true) return requireState(app, tree, project);
    isKnown ||= app !== null;
    if (isKnown && app === null) throw new UserError(`The app of "${project}" ended. For its output, see ${served}.`);
    if (signal?.aborted === true) throw new UserError('The Nx process that started this stage has exited; stopping.');
    if (!isKnown && waitedMs >= MAX_SILENCE_MS) {
      throw new UserError(`${served} does not run. Run this with the tasks that it depends on.`);
    }
    await access.pause(POLL_MS);
  }
}

/** @throws UserError when that very app does not run any more */
export async function requireStillServed({ owner }: AppState, context: StageContext): Promise<void> {
  const served = e2eServeTarget(parseTarget(context.target).round);
  const now = await readAppState(served, context);
  if (now?.isReady === true && now.failure === null && JSON.stringify(now.owner) === JSON.stringify(owner)) return;
  throw new UserError(
    `The app of "${context.project}" ended while it was tried; the answer about it is discarded. For its output, see ${served}.`,
  );
}

function requireState(app: AppState, tree: string, project: string): AppState {
  if (app.tree === tree && app.isClean) return app;
  throw new UserError(
    `The app of "${project}" that runs (process ${app.owner.pid}) was started on another state of the branch. End it, then run this again.`,
  );
}
