import { UserError } from '@nx-fleet/core';
import type { Repository } from './repository.js';

export interface GitVersion {
  readonly major: number;
  readonly minor: number;
}

export async function hasGitVersion(repository: Repository, wanted: GitVersion): Promise<boolean> {
  return isAtLeast(await repository.version(), wanted);
}

/** @throws UserError naming both versions when git is older */
export async function requireGitVersion(repository: Repository, wanted: GitVersion): Promise<void> {
  const found = await repository.version();
  if (isAtLeast(found, wanted)) return;
  const versions = { found: `${found.major}.${found.minor}`, wanted: `${wanted.major}.${wanted.minor}` };
  throw new UserError(`git "${versions.found}" cannot merge without a worktree. Install git ${versions.wanted} or newer.`);
}

/** Reads `git version`'s line, which some systems end with a name of their own. */
export function parseGitVersion(text: string): GitVersion {
  const match = /\b(\d+)\.(\d+)/.exec(text);
  if (match === null) throw new Error('git version printed no version');
  return { major: Number(match[1]), minor: Number(match[2]) };
}

export function isAtLeast(found: GitVersion, wanted: GitVersion): boolean {
  return found.major === wanted.major ? found.minor >= wanted.minor : found.major > wanted.major;
}
