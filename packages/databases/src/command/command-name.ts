import type { DatabaseBranchRequest, DatabaseOwner, OwnedDatabaseBranch } from '@nx-fleet/core';
import { branchName } from '../ownership.js';

type BranchIdentity = Pick<DatabaseBranchRequest, 'repository' | 'clone' | 'project'>;

/** PostgreSQL's limit: the lowest among databases that are about. */
const MAX_NAME_LENGTH = 63;
const MAX_GENERATION_LENGTH = 20;
const SPELLED_GENERATION = /^[0-9a-z]+(?:-[0-9a-z]+)*$/;
const SPELLED_NAME = /^[0-9a-z_]{1,63}$/;
/** How `branchName` ends a project whose own name does not fit. */
const HASHED_PROJECT = /(?:^|_)[0-9a-f]{8}$/;

/** What the names of a project's branches have in common, whichever generation they are of. */
export function lastingName(identity: BranchIdentity): string {
  return branchName(identity, MAX_NAME_LENGTH - MAX_GENERATION_LENGTH - 1);
}

/** `<repository>_<project>_<clone>_<generation>`: programs keep no marker for us, so the name says all. */
export function generationName(request: BranchIdentity & Pick<DatabaseBranchRequest, 'generation'>): string {
  const { generation } = request;
  if (generation.length > MAX_GENERATION_LENGTH || !SPELLED_GENERATION.test(generation)) {
    throw new Error(`Generation "${generation}" cannot be part of a database's name.`);
  }
  return `${lastingName(request)}_${generation.replaceAll('-', '_')}`;
}

/** Whether a listed name is that of a branch of this project, of any generation. */
export function isBranchOf(name: string, identity: BranchIdentity): boolean {
  const prefix = `${lastingName(identity)}_`;
  return SPELLED_NAME.test(name) && name.startsWith(prefix) && name !== prefix;
}

/** Whose a listed name is. Null: not this clone's, or of a project whose name did not fit and cannot be read back. */
export function readName(name: string, { repository, clone }: DatabaseOwner): OwnedDatabaseBranch | null {
  const marker = `_${clone}_`;
  const [prefix = ''] = lastingName({ repository, clone, project: 'x' }).split(`x_${clone}`);
  const at = name.lastIndexOf(marker);
  const project = name.slice(prefix.length, Math.max(at, 0));
  const generation = name.slice(at + marker.length);
  if (!SPELLED_NAME.test(name) || !name.startsWith(prefix) || project === '' || generation === '' || HASHED_PROJECT.test(project)) {
    return null;
  }
  return { project: project.replaceAll('_', '-'), generation: generation.replaceAll('_', '-'), name };
}
