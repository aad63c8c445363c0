import { createHash } from 'node:crypto';
import { slug, type DatabaseBranchRequest } from '@nx-fleet/core';

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
