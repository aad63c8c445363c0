import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ENDING_MS = 10_000;
/** What node, Nx and npm keep in a temporary folder for their next start. */
const CACHES = /^(?:v8-compile-cache|node-compile-cache|nx-native-file-cache|node-jiti|\.nx)/;

/**
 * A place for a run's temporary files, by which all that it leaves behind is known: `env` is for its processes.
 * PATH is what even a process with an environment of its own inherits; the folder at its end holds no program.
 */
export function watchLeftovers(root) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'nxf-'));
  // A PostgreSQL server that root starts is another user's.
  chmodSync(folder, 0o711);
  const worktrees = gitWorktrees(root);
  return {
    env: { TMPDIR: folder, PATH: `${process.env.PATH}${delimiter}${folder}` },
    /** In words; empty when nothing is left. Processes get some time to end. */
    find: async (endingMs = ENDING_MS) => [
      ...(await processesLeft(folder, endingMs)).map((command) => `process ${command}`),
      ...readdirSync(folder).flatMap((name) => (CACHES.test(name) ? [] : [`temporary ${join(folder, name)}`])),
      ...gitWorktrees(root).flatMap((path) => (worktrees.includes(path) ? [] : [`git worktree ${path}`])),
    ],
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function processesLeft(folder, endingMs) {
  for (const giveUpAt = Date.now() + endingMs; ; await sleep(200)) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > giveUpAt) return left;
  }
}

/** Those whose environment, command line or current folder names it; Linux only. A port that is still listened to belongs to one of them. */
function processesOf(folder) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      const command = unlessEnded(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      const place = unlessEnded(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) + unlessEnded(() => readlinkSync(`/proc/${pid}/cwd`));
      return `${command}${place}`.includes(folder) ? [`${pid} ${command.replaceAll('\0', ' ').trim()}`] : [];
    });
}

/** '' for a process that has ended meanwhile, or is another user's. */
function unlessEnded(read) {
  try {
    return read();
  } catch {
    return '';
  }
}

function gitWorktrees(root) {
  try {
    return execFileSync('git', ['worktree', 'list', '--porcelain'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line.startsWith('worktree '))
      .map((line) => line.slice('worktree '.length));
  } catch {
    // Sources without git have no worktrees.
    return [];
  }
}
