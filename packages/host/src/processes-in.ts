import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { printableLine, type CommandRunner, type RunningProcess } from '@nx-fleet/core';
import { processIds } from './process-group.js';
import { isInside, processLink } from './process-link.js';
import { readProcessStat } from './process-stat.js';
import { nullIfAbsent } from './read-file.js';

interface SeenProcess extends RunningProcess {
  readonly parent: number;
  /** Its current folder; '' if the system does not tell. */
  readonly cwd: string;
}

const LSOF_TIMEOUT_MS = 10_000;

/** Living processes whose current folder is in a folder, without this process and those that started it. Empty where the system does not tell. */
export async function processesIn(commands: CommandRunner, directory: string): Promise<readonly RunningProcess[]> {
  const root = await realpath(directory).catch(nullIfAbsent);
  if (root === null) return [];
  const seen = await seenProcesses(commands);
  const ours = withAncestors(process.pid, seen);
  return seen.filter(({ pid, cwd }) => isInside(cwd, root) && !ours.has(pid)).map(({ pid, name }) => ({ pid, name }));
}

async function seenProcesses(commands: CommandRunner): Promise<readonly SeenProcess[]> {
  if (process.platform === 'linux') return seenInProc();
  return process.platform === 'darwin' ? seenByLsof(commands) : [];
}

function withAncestors(self: number, seen: readonly SeenProcess[]): ReadonlySet<number> {
  const parents = new Map(seen.map(({ pid, parent }) => [pid, parent]));
  const ours = new Set<number>();
  for (let pid: number | undefined = self; pid !== undefined && !ours.has(pid); pid = parents.get(pid)) ours.add(pid);
  return ours;
}

/** A container's process ids say nothing here; what is dead has no current folder. */
function seenInProc(): readonly SeenProcess[] {
  const namespace = processLink(process.pid, 'ns/pid');
  return processIds().flatMap((pid) => {
    const stat = readProcessStat(pid);
    if (stat === null) return [];
    const cwd = processLink(pid, 'ns/pid') === namespace ? processLink(pid, 'cwd') : '';
    return [{ pid, parent: stat.parent, name: nameInProc(pid), cwd }];
  });
}

function nameInProc(pid: number): string {
  try {
    return printableLine(readFileSync(`/proc/${pid}/comm`, 'utf8'));
  } catch {
    return '';
  }
}

async function seenByLsof(commands: CommandRunner): Promise<readonly SeenProcess[]> {
  const { stdout } = await commands.run({
    file: 'lsof',
    args: ['-w', '-d', 'cwd', '-F', 'pRcn'],
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C' },
    timeoutMs: LSOF_TIMEOUT_MS,
  });
  return parseLsof(stdout);
}

/** Answers of `lsof -F pRcn` (lsof(8), "Output for other programs"): a line for each field, its first letter tells which; `p` begins a process. */
export function parseLsof(text: string): readonly SeenProcess[] {
  const seen: SeenProcess[] = [];
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    const last = seen.pop();
    if (line.startsWith('p')) seen.push(...(last ? [last] : []), { pid: Number(value), parent: 0, name: '', cwd: '' });
    else if (last === undefined) continue;
    else if (line.startsWith('R')) seen.push({ ...last, parent: Number(value) });
    else if (line.startsWith('c')) seen.push({ ...last, name: printableLine(value) });
    else if (line.startsWith('n')) seen.push({ ...last, cwd: value });
    else seen.push(last);
  }
  return seen;
}
