import type { ProcessEntry } from '@nx-fleet/system';

interface Descendant {
  readonly pid: number;
  /** Whether a process that runs in a folder works for the same repository. */
  readonly isOurs: (folder: string | null) => boolean;
}

export type ProcessLookup = (pid: number) => ProcessEntry | null;

const MAX_ANCESTORS = 100;
/** `node_modules/.bin/nx`, `nx/bin/nx.js`, `nx/dist/bin/nx.js` */
const NX_PROGRAM = /[\\/](?:\.bin[\\/]nx|nx[\\/](?:dist[\\/])?bin[\\/]nx(?:\.js)?)$/;

/**
 * Of the processes that a process was started by, the outermost that is the Nx program; null without one, and where the system does not tell. An
 * Nx that runs another repository around the innermost one does not count: what it starts here are commands of their own.
 */
export function outermostNx({ pid, isOurs }: Descendant, lookUp: ProcessLookup): number | null {
  let found: number | null = null;
  let at = pid;
  for (let step = 0; step < MAX_ANCESTORS; step += 1) {
    const entry = lookUp(at);
    if (entry === null) return found;
    if (isNx(entry) && (found === null || isOurs(entry.folder))) found = at;
    at = entry.parent;
  }
  return found;
}

function isNx({ words }: ProcessEntry): boolean {
  return words.slice(0, 4).some((word) => NX_PROGRAM.test(word));
}
