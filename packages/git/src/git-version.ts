import { UserError } from '@nx-fleet/core';
import type { Repository } from './repository.js';

export interface GitVersion {
  readonly major: number;
  readonly minor: number;
}

export async function hasGitVersion(repository: Repository, wanted: GitVersion): Promise<boolean> {
  const { stdout } = await repository.inMain(['version']);
  return isAtLeast(parseGitVersion(stdout), wanted);
}

/** @throws UserError naming both versions when git is older */
export async function requireGitVersion(repository: Repository, wanted: GitVersion): Promise<void> {
  const { stdout } = await repository.inMain(['version']);
  const found = parseGitVersion(stdout);
  if (isAtLeast(found, wanted)) return;
  throw new UserError(
    `git "${found.major}.${found.minor}" cannot merge without a worktree. Install git ${wanted.major}.${wanted.minor} or newer.`,
  );
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
