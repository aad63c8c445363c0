import { z } from 'zod';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/git.js';

/** Counts up when older manifests cannot be read any more. */
export const MANIFEST_VERSION = 1;

/**
 * What Nx infers an issue's project from, and part of every stage's key:
 * only stable, machine-independent facts. Ports, paths, times and states are in `LocalState`.
 */
export const manifestSchema = z.strictObject({
  version: z.literal(MANIFEST_VERSION),
  /** The Nx project: `issue-42`. */
  project: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  branch: z.string().min(1),
  /** The commit that the branch started from. */
  base: objectIdSchema,
  /** Its files: what the keys of plan and build know of it. Manifests of earlier versions lack it. */
  baseTree: objectIdSchema.optional(),
  /** True when the branch held someone's work when we took it: there is nothing to plan or build, it is checked and reviewed as it is. */
  adopted: z.literal(true).optional(),
  /** Counts up when all of it is to be done again (`--again`). */
  round: z.int().min(1),
  /** Projects whose build this one waits for and starts from. */
  blockedBy: z.array(z.string()),
  tracker: z.strictObject({ type: z.string(), reference: z.string(), url: z.string().nullable() }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What is true of an issue on this machine only; never hashed. */
export const localStateSchema = z.strictObject({
  /** Absolute path of the linked worktree. */
  worktree: z.string(),
  /** Port by environment variable: `{ "PORT": 20010, "API_PORT": 20011 }`. */
  ports: z.record(z.string(), z.number().int()),
  /** `sqlite: data/app.db`, or null without a database. */
  database: z.string().nullable(),
  /** Why there is none although one is configured: no stage runs until it is there. */
  databaseFailure: z.string().optional(),
  /** What database and generated files are of: absent while setup commands have not succeeded. */
  setUp: z
    .strictObject({
      /** A digest of the branch's tree and the setup commands. */
      of: z.string(),
      /** True until a writer or checks have worked on that database. */
      isUnused: z.boolean(),
    })
    .optional(),
  /** True where the worktree is a checkout that was there before us, as in CI, and is never removed. */
  here: z.boolean().optional(),
  /** True where nx-fleet created the branch: kept here too, for a registry that no longer knows the worktree. */
  ownsBranch: z.boolean().optional(),
});

export type LocalState = z.infer<typeof localStateSchema>;

/** The state under `.nx-fleet/` of the main worktree. */
export interface StateStore {
  /** Projects that have a manifest, sorted. */
  listProjects(): Promise<readonly string[]>;
  /** @throws UserError with the file's path when it is not a manifest */
  readManifest(project: string): Promise<Manifest | null>;
  readSpec(project: string): Promise<string | null>;
  /** Both are replaced atomically; what is there already is not touched. */
  writeIssue(project: string, manifest: Manifest, spec: string): Promise<void>;
  readLocal(project: string): Promise<LocalState | null>;
  writeLocal(project: string, state: LocalState): Promise<void>;
  /** Removes manifest, spec, local state and artifacts. */
  removeIssue(project: string): Promise<void>;
}

export interface Manifests {
  /** By project. */
  readonly valid: ReadonlyMap<string, Manifest>;
  /** Why a project's manifest cannot be read, by project. It concerns that issue only. */
  readonly faults: ReadonlyMap<string, string>;
}

/** The manifests of all issues. */
export async function readManifests(state: Pick<StateStore, 'listProjects' | 'readManifest'>): Promise<Manifests> {
  const valid = new Map<string, Manifest>();
  const faults = new Map<string, string>();
  for (const project of await state.listProjects()) {
    try {
      const manifest = await state.readManifest(project);
      if (manifest !== null) valid.set(project, manifest);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.set(project, error.message);
    }
  }
  return { valid, faults };
}
