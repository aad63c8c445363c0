import { type Allocation, parseJson, printableLine, type Spare, UserError } from '@nx-fleet/core';
import { z } from 'zod';

/** The registry's whole state at one time. Files of it are never changed, only followed by the next. */
export interface RegistryVersion {
  readonly allocations: readonly Allocation[];
  readonly spares: readonly Spare[];
  /** Ids of the versions up to this one, newest first; the last `HISTORY_LENGTH` of them. */
  readonly history: readonly string[];
}

const HISTORY_LENGTH = 200;

const processSchema = z.strictObject({
  pid: z.number().int().positive(),
  startedAt: z.string().nullable(),
  place: z.string().optional(),
});

const allocationObject = z.strictObject({
  repository: z.string().min(1),
  project: z.string().min(1),
  generation: z.string().default(''),
  worktree: z.string().min(1),
  branch: z.string().min(1),
  ownsBranch: z.boolean(),
  firstPort: z.number().int().min(1).max(65_535),
  number: z.number().int().positive().optional(),
  state: z.enum(['creating', 'ready', 'removing']),
  owner: processSchema.nullable(),
  spare: z.string().optional(),
});

/** Earlier versions called the generation `incarnation`. */
const allocationSchema = z.preprocess((value) => {
  if (typeof value !== 'object' || value === null || !('incarnation' in value)) return value;
  const { incarnation: generation, ...rest } = value;
  return { generation, ...rest };
}, allocationObject);

const spareSchema = z.strictObject({
  repository: z.string().min(1),
  worktree: z.string().min(1),
  state: z.enum(['filling', 'ready']),
  owner: processSchema,
});

const versionSchema = z.strictObject({
  version: z.literal(1),
  allocations: z.array(allocationSchema),
  spares: z.array(spareSchema).default([]),
  history: z.array(z.string()),
});

export function formatVersion({ allocations, spares, history }: RegistryVersion): string {
  return `${JSON.stringify({ version: 1, allocations, spares, history: history.slice(0, HISTORY_LENGTH) })}\n`;
}

/** @throws UserError naming the file when it is not a version of the registry */
export function parseVersion(file: string, text: string): RegistryVersion {
  const value = parseJson(text);
  if (value === undefined) throw unreadable(file, 'not JSON');
  const { data, error } = versionSchema.safeParse(value);
  if (error) {
    const [issue] = error.issues;
    throw unreadable(file, printableLine(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
  }
  return data;
}

function unreadable(file: string, reason: string): UserError {
  return new UserError(
    `The registry's newest file "${file}" cannot be read (${reason}). Update nx-fleet if a newer one wrote it; else delete the file: the one before it takes its place.`,
  );
}
