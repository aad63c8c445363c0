import { printableLine, UserError } from '@nx-fleet/core';

const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk. Make room',
  EDQUOT: 'your quota of its disk is used up. Make room',
  EROFS: 'its file system can only be read. Mount it for writing',
  EACCES: 'permission is denied. Change its owner or mode',
  EPERM: 'the system does not permit it. Change its owner, mode or attributes',
  EMFILE: 'too many files are open. Raise the limit (ulimit -n)',
};

/** What the system refuses, in a line for the user; null for every other error. The error is kept as the cause. */
export function systemFault(error: unknown): UserError | null {
  if (!(error instanceof Error)) return null;
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  const fault = Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
  if (fault === undefined || syscall === undefined) return null;
  const what = path === undefined ? `"${syscall}"` : `"${printableLine(path)}" (${syscall})`;
  return new UserError(`${what} failed: ${fault}, then run this again.`, { cause: error });
}
