import { type Database, type DatabaseBranchRequest, type DatabaseOwner, parseJson, slug } from '@nx-fleet/core';
import { createHash } from 'node:crypto';
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

const MAX_REPOSITORY_LENGTH = 20;
const HASH_LENGTH = 8;

/**
 * `<repository>_<project>_<clone>` in lower-case letters, digits and underscores, at most `maxBytes` long: valid without quotes
 * wherever a branch can live. A project's name that cannot be spelt so, or is too long, is made unique by a hash of it.
 * @default maxBytes 63, PostgreSQL's limit for an identifier
 */
export function branchName(
  { repository, clone, project }: Pick<DatabaseBranchRequest, 'repository' | 'clone' | 'project'>,
  maxBytes = 63,
): string {
  const prefix = `${startedByLetter(identifier(slug(repository, MAX_REPOSITORY_LENGTH)))}_`;
  const suffix = `_${clone}`;
  const room = maxBytes - prefix.length - suffix.length;
  const plain = slug(project, Number.MAX_SAFE_INTEGER);
  if (plain !== '' && plain === project && plain.length <= room) {
    return prefix + identifier(plain) + suffix;
  }
  const hash = createHash('sha256').update(project).digest('hex').slice(0, HASH_LENGTH);
  const head = identifier(slug(project, Math.max(0, room - HASH_LENGTH - 1)));
  return prefix + (head === '' ? hash : `${head}_${hash}`) + suffix;
}

function identifier(text: string): string {
  return text.replaceAll('-', '_');
}

function startedByLetter(text: string): string {
  if (text === '') return 'db';
  return /^[a-z]/.test(text) ? text : `db_${text}`;
}
