import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/git.js';
import type { RunningProcess } from '../../host/host.js';
import type { StageContext } from '../../stage/stage-context.js';
import { e2eServeTarget, parseTarget } from '../../stage/targets.js';

const owner = z.strictObject({ pid: z.number(), startedAt: z.string().nullable(), place: z.string().optional() });

/** Which app runs, beside the target that runs it: `app.json`. It holds for as long as its owner lives, and is part of no key. */
const appStateSchema = z.strictObject({
  owner,
  /** What the branch held when the app was started. */
  tree: objectIdSchema,
  /** Whether the worktree held nothing else. */
  isClean: z.boolean(),
  url: z.string(),
  isReady: z.boolean(),
  /** Why it does not run; such a state holds for any task that asks, though its owner has ended. */
  failure: z.string().nullable(),
});

export type AppState = z.infer<typeof appStateSchema>;

/** Who waits for the app: `request.json`. */
const appRequestSchema = z.strictObject({ owner });

const STATE_FILE = 'app.json';
const REQUEST_FILE = 'request.json';

type Place = Pick<StageContext, 'host' | 'project'>;

export async function writeAppState(target: string, state: AppState, { host, project }: Place): Promise<void> {
  await host.artifacts.write(project, target, STATE_FILE, JSON.stringify(state));
}

/** The app that a target runs now, or why it could not; else null. */
export async function readAppState(target: string, { host, project }: Place): Promise<AppState | null> {
  const state = parseArtifact(await host.artifacts.read(project, target, STATE_FILE), appStateSchema);
  if (state === null) return null;
  return state.failure !== null || (await host.registry.isAlive(state.owner)) ? state : null;
}

/** Asks a target to start its app, for as long as this process lives. What an earlier app left behind is forgotten. */
export async function requestApp(target: string, place: Place): Promise<void> {
  const { host, project } = place;
  const known = await readAppState(target, place);
  if (known === null || known.failure !== null) await host.artifacts.clear(project, target);
  await host.artifacts.write(project, target, REQUEST_FILE, JSON.stringify({ owner: host.registry.self }));
}

/** Whether a living process waits for the app of a target. */
export async function isAppRequested(target: string, { host, project }: Place): Promise<boolean> {
  const request = parseArtifact(await host.artifacts.read(project, target, REQUEST_FILE), appRequestSchema);
  return request !== null && (await host.registry.isAlive(request.owner));
}

/** A request to an app, as it is sent. */
export interface AppRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Empty for none. */
  readonly body: string;
}

/** What the app answered; redirects are not followed. `failed` says in a few words why there is no answer. */
export type AppAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      /** Text, cut at 100,000 characters; of anything else only its kind and size. */
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** An app on this machine, from outside. */
export interface AppAccess {
  /** Whether something accepts connections at a URL's host and port. Opens none of its own: an app that starts would find its port taken. */
  listens(url: string): Promise<boolean>;
  send(request: AppRequest): Promise<AppAnswer>;
  /** Who listens on a port, where the system tells it. */
  listenerAt(port: number): Promise<RunningProcess | null>;
  pause(ms: number): Promise<void>;
}

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
