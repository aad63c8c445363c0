import { z } from 'zod';
import { readOwnership, type Ownership } from '../ownership.js';

const id = z.string().regex(/^[a-z0-9-]{1,60}$/);

const branchSchema = z
  .object({
    id,
    name: z.string(),
    parent_id: id.optional(),
    current_state: z.string(),
    default: z.boolean(),
    last_reset_at: z.string().optional(),
  })
  .transform((branch) => ({
    id: branch.id,
    name: branch.name,
    parentId: branch.parent_id ?? null,
    state: branch.current_state,
    isDefault: branch.default,
    resetAt: branch.last_reset_at ?? null,
  }));

const operationsSchema = z
  .object({ operations: z.array(z.object({ id: z.string().min(1) })) })
  .transform(({ operations }) => operations.map((operation) => operation.id));

/** What Neon says about a branch. `state` is `init`, `resetting`, `ready` or `archived`. */
export type NeonBranch = Readonly<z.infer<typeof branchSchema>>;

/** A branch as it is listed, with our marker if it has one. */
export interface ListedBranch extends NeonBranch {
  readonly ownership: Ownership | null;
}

export const createdSchema = z
  .intersection(
    z.object({ branch: branchSchema }),
    operationsSchema.transform((operations) => ({ operations })),
  )
  .transform(({ branch, operations }) => ({ branch, operations }));

export const changeSchema = operationsSchema;

export const branchAnswerSchema = z.object({ branch: branchSchema }).transform(({ branch }) => branch);

export const branchPageSchema = z
  .object({
    branches: z.array(branchSchema),
    annotations: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
    pagination: z.object({ next: z.string().optional() }).optional(),
  })
  .transform(({ branches, annotations, pagination }) => ({
    branches: branches.map((branch): ListedBranch => ({ ...branch, ownership: readOwnership(annotations[branch.id]?.value) })),
    next: pagination?.next ?? null,
  }));

export type BranchPage = Readonly<z.infer<typeof branchPageSchema>>;

export const countSchema = z.object({ count: z.int() }).transform(({ count }) => count);

/** The branches that the project's owner may have; null when Neon does not tell. */
export const limitSchema = z
  .object({ project: z.object({ owner: z.object({ branches_limit: z.number() }).optional() }) })
  .transform(({ project }) => project.owner?.branches_limit ?? null);

export const operationSchema = z
  .object({ operation: z.object({ action: z.string(), status: z.string() }) })
  .transform(({ operation }) => operation);

export const databasesSchema = z
  .object({ databases: z.array(z.object({ name: z.string(), owner_name: z.string() })) })
  .transform(({ databases }) => databases.map((database) => ({ name: database.name, owner: database.owner_name })));

export const uriSchema = z.object({ uri: z.url({ protocol: /^postgres(ql)?$/, hostname: /./ }) }).transform(({ uri }) => uri);
