import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processLink } from '../process-link.js';
import { readProcessStat } from '../process-stat.js';

/** What a process was started with, and by whom. */
export interface ProcessEntry {
  readonly parent: number;
  readonly words: readonly string[];
  /** Where it runs; null where the system does not tell. */
  readonly folder: string | null;
}

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

/** The processes of this system. */
export function systemLookup(): ProcessLookup {
  if (process.platform === 'linux') return linuxProcess;
  return process.platform === 'win32' ? () => null : psProcess;
}

function linuxProcess(pid: number): ProcessEntry | null {
  const stat = readProcessStat(pid);
  if (stat === null) return null;
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return { parent: stat.parent, words, folder: processLink(pid, 'cwd') || null };
  } catch {
    return null;
  }
}

/** For macOS and BSD. */
function psProcess(pid: number): ProcessEntry | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin' },
  });
  const [, parent, args = ''] = (status === 0 && /^\s*(\d+)\s+(.*)$/m.exec(stdout)) || [];
  return parent === undefined ? null : { parent: Number(parent), words: args.split(' '), folder: null };
}
