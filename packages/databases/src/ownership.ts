import { type Database, type DatabaseBranchRequest, type DatabaseOwner, parseJson } from '@nx-fleet/core';
import { z } from 'zod';

const TOOL = 'nx-fleet';

/** Markers of earlier versions call the generation `incarnation`. */
const ownershipSchema = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && 'incarnation' in value ? { generation: value.incarnation, ...value } : value),
  z.object({
    tool: z.literal(TOOL),
    clone: z.string(),
    project: z.string(),
    generation: z.string(),
  }),
);

/** What a provider keeps beside a branch, so that only our own branches are ever replaced or removed. All values are text. */
export type Ownership = Readonly<z.infer<typeof ownershipSchema>>;

/** The marker of a request's branch. */
export function ownershipOf({
  clone,
  project,
  generation,
}: Pick<DatabaseBranchRequest, keyof Ownership & keyof DatabaseBranchRequest>): Ownership {
  return { tool: TOOL, clone, project, generation };
}

/** A marker that a provider returned, other keys left out; null when it is not ours. */
export function readOwnership(value: unknown): Ownership | null {
  const parsed = ownershipSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Like `readOwnership`, for providers that keep text. */
export function parseOwnership(text: string): Ownership | null {
  return readOwnership(parseJson(text));
}

/** Whether a marker is that of the project's branch in this clone, of whichever generation. */
export function isOwnedBy(
  ownership: Ownership | null,
  { clone, project }: Pick<DatabaseOwner, 'clone'> & { readonly project: string },
): boolean {
  return ownership !== null && ownership.clone === clone && ownership.project === project;
}

export type DatabaseRemoval = Parameters<Database['removeBranch']>[0];

/** Whether a removal may take the branch with this marker. */
export function isRemovable(ownership: Ownership | null, request: Pick<DatabaseRemoval, 'clone' | 'project' | 'onlyGeneration'>): boolean {
  const { onlyGeneration = ownership?.generation } = request;
  return isOwnedBy(ownership, request) && ownership?.generation === onlyGeneration;
}
