import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { IGNORE_FILE, parseIgnores, type Ignore } from '../review/ignore-file.js';
import type { ChangeRange } from './change-range.js';

export interface IgnoresContext {
  readonly git: Pick<Git, 'readFile' | 'defaultBranch' | 'isAncestor'>;
  readonly host: Pick<Host, 'now'>;
}

/**
 * The entries of the ignore file that hold for a change: those of its base, as a change must not dismiss what is found in it; its own, once it is
 * on the default branch. A base whose file is not valid dismisses nothing, so that a change can repair it.
 * @throws UserError when the file of the change is not valid
 */
export async function agreedIgnores({ base, head }: ChangeRange, { git, host }: IgnoresContext): Promise<readonly Ignore[]> {
  const read = async (commit: string): Promise<readonly Ignore[]> => parseIgnores(await git.readFile(commit, IGNORE_FILE), host.now());
  const own = await read(head);
  const branch = await git.defaultBranch();
  if (branch !== null && (await git.isAncestor(head, branch))) return own;
  try {
    return await read(base);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
