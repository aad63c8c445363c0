import type { DatabaseBranchRequest, DatabaseOwner, OwnedDatabaseBranch } from '@nx-fleet/core';
import { branchName } from '../branch-name.js';

type BranchIdentity = Pick<DatabaseBranchRequest, 'repository' | 'clone' | 'project'>;

/** PostgreSQL's limit: the lowest among databases that are about. */
const MAX_NAME_LENGTH = 63;
const MAX_INCARNATION_LENGTH = 20;
const SPELLED_INCARNATION = /^[0-9a-z]+(?:-[0-9a-z]+)*$/;
const SPELLED_NAME = /^[0-9a-z_]{1,63}$/;
/** How `branchName` ends a project whose own name does not fit. */
const HASHED_PROJECT = /(?:^|_)[0-9a-f]{8}$/;

/** What the names of a project's branches have in common, whichever incarnation they are of. */
export function lastingName(identity: BranchIdentity): string {
  return branchName(identity, MAX_NAME_LENGTH - MAX_INCARNATION_LENGTH - 1);
}

/** `<repository>_<project>_<clone>_<incarnation>`: programs keep no marker for us, so the name says all. */
export function incarnatedName(request: BranchIdentity & Pick<DatabaseBranchRequest, 'incarnation'>): string {
  const { incarnation } = request;
  if (incarnation.length > MAX_INCARNATION_LENGTH || !SPELLED_INCARNATION.test(incarnation)) {
    throw new Error(`Incarnation "${incarnation}" cannot be part of a database's name.`);
  }
  return `${lastingName(request)}_${incarnation.replaceAll('-', '_')}`;
}

/** Whether a listed name is that of a branch of this project, of any incarnation. */
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
  const incarnation = name.slice(at + marker.length);
  if (!SPELLED_NAME.test(name) || !name.startsWith(prefix) || project === '' || incarnation === '' || HASHED_PROJECT.test(project)) {
    return null;
  }
  return { project: project.replaceAll('_', '-'), incarnation: incarnation.replaceAll('_', '-'), name };
}
