import { spawnSync } from 'node:child_process';
import { printableLine } from '@nx-fleet/core';
import type { ProcessSource, SeenProcess } from './process-source.js';

const TIMEOUT_MS = 10_000;

/** macOS and every other Unix: ps(1) and lsof(8). Without these programs nothing is known. */
export const psSource: ProcessSource = {
  startOf: (pid) => (isZombie(pid) ? null : answer('ps', ['-o', 'lstart=', '-p', String(pid)]).trim() || null),
  isDead: isZombie,
  membersOf: (group) =>
    answer('ps', ['-A', '-o', 'pid=,pgid=,stat='])
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, id, state = 'Z']) => Number(id) === group && !state.startsWith('Z'))
      .map(([pid]) => Number(pid)),
  describe(pid) {
    const [, parent, args = ''] = /^\s*(\d+)\s+(.*)$/m.exec(answer('ps', ['-o', 'ppid=,args=', '-p', String(pid)])) ?? [];
    return parent === undefined ? null : { parent: Number(parent), words: args.split(' '), folder: null };
  },
  all: () => parseLsof(answer('lsof', ['-w', '-d', 'cwd', '-F', 'pRcn'])),
  listenerAt(port) {
    const [found] = parseLsof(answer('lsof', ['-w', '-n', '-P', `-iTCP:${port}`, '-sTCP:LISTEN', '-F', 'pc']));
    return found === undefined ? null : { pid: found.pid, name: found.name };
  },
};

/** Answers of `lsof -F pRcn` (lsof(8), "Output for other programs"): a line for each field, its first letter tells which; `p` begins a process. */
export function parseLsof(text: string): readonly SeenProcess[] {
  const records = text.split(/^p(?=\d+$)/m).slice(1);
  return records.map((record) => {
    const [pid, ...lines] = record.split('\n');
    const field = (letter: string): string => lines.find((line) => line.startsWith(letter))?.slice(1) ?? '';
    return { pid: Number(pid), parent: Number(field('R')), name: printableLine(field('c')), cwd: field('n') };
  });
}

function isZombie(pid: number): boolean {
  return answer('ps', ['-o', 'stat=', '-p', String(pid)]).startsWith('Z');
}

/** '' where the program is missing or found nothing. */
function answer(program: 'lsof' | 'ps', args: readonly string[]): string {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return spawnSync(program, args, { encoding: 'utf8', env, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 }).stdout ?? '';
}
