import { z } from 'zod';
import { parseArtifact } from '../../artifact/parse-artifact.js';
import { objectIdSchema } from '../../git/object-id.js';
import type { StageContext } from '../../stage/stage-context.js';

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
