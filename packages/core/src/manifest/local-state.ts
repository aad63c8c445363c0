import { z } from 'zod';

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
