import { z } from 'zod';
import { findRange, type RangeRequest } from './change-range.js';
import type { Changes, ProjectChange } from './find-changes.js';
import { parseArtifact } from '../artifact/artifact-store.js';
import { UserError } from '../errors/user-error.js';
import { type Git, objectIdSchema } from '../git/git.js';
import type { Host } from '../host/host.js';
import { CHANGES_TARGET } from '../stage/targets.js';
import { fingerprint } from '../text/names.js';

const INDEX_FILE = 'index.json';
const changeSchema = z.strictObject({
  version: z.literal(1),
  project: z.string(),
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  judge: objectIdSchema.optional(),
});

const indexSchema = z.strictObject({
  version: z.literal(1),
  base: objectIdSchema,
  head: objectIdSchema,
  projects: z.array(changeSchema.omit({ version: true })),
  skipped: z.array(z.string()),
  /** The command that found it out. */
  run: z.string().optional(),
});

/** `index.json`: everything that one command compared. It is in no key. */
export type ChangesIndex = z.infer<typeof indexSchema>;

/** The file with one project's change, which is part of its reviews' keys. Project names may hold what is special in a glob. */
export function changeFile(root: string): string {
  return `${root.replace(/[^A-Za-z0-9]+/g, '-')}.${fingerprint(root)}.json`;
}

export interface ChangesPlace {
  /** The project whose target writes them. */
  readonly fleetProject: string;
  readonly artifacts: Host['artifacts'];
}

export interface FoundChanges extends Changes {
  /** Names the command. @default unknown */
  readonly run?: string;
}

/**
 * Stores what `agent-changes` found. Commands beside this one read while it writes: each file is replaced where it stands, and the index comes last.
 * @param rootOf of each project that is reviewed
 */
export async function storeChanges(
  { base, head, changes, skipped, run }: FoundChanges,
  rootOf: (project: string) => string,
  place: ChangesPlace,
): Promise<void> {
  const { fleetProject, artifacts } = place;
  const write = (file: string, value: unknown): Promise<void> =>
    artifacts.write(fleetProject, CHANGES_TARGET, file, `${JSON.stringify(value, null, 2)}\n`);
  const files = changes.map((change) => ({ file: changeFile(rootOf(change.project)), change }));
  for (const { file, change } of files) await write(file, { version: 1, ...change });
  await artifacts.clear(fleetProject, CHANGES_TARGET, [INDEX_FILE, ...files.map(({ file }) => file)]);
  const index: ChangesIndex = { version: 1, base, head, projects: [...changes], skipped: [...skipped] };
  await write(INDEX_FILE, run === undefined ? index : { ...index, run });
}

/** A project's change as the command found it; null when the project is not touched. @throws UserError when `agent-changes` has not run */
export async function readChange(project: string, place: ChangesPlace): Promise<ProjectChange | null> {
  const { projects } = await readChanges(place);
  return projects.find((change) => change.project === project) ?? null;
}

/** @throws UserError when `agent-changes` has not run */
export async function readChanges({ fleetProject, artifacts }: ChangesPlace): Promise<ChangesIndex> {
  const index = parseArtifact(await artifacts.read(fleetProject, CHANGES_TARGET, INDEX_FILE), indexSchema);
  if (index !== null) return index;
  throw new UserError(`The list of changes is missing. Run: nx run ${fleetProject}:${CHANGES_TARGET}`);
}

/**
 * What `agent-changes` found for the range that is asked for: not what another command, or an earlier one, left there.
 * @throws UserError when it has not run for that range
 */
export async function requireChanges(request: RangeRequest, place: ChangesPlace, git: Git): Promise<ChangesIndex> {
  const index = await readChanges(place);
  const { base, head } = await findRange(request, git);
  if (index.base === base && index.head === head) return index;
  const short = (range: { readonly base: string; readonly head: string }): string => `${range.base.slice(0, 8)}..${range.head.slice(0, 8)}`;
  throw new UserError(
    `The list of changes is for "${short(index)}", and "${short({ base, head })}" is asked for. Run again: nx affected -t agent-review`,
  );
}
