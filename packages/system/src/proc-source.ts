import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { printableLine } from '@nx-fleet/core';
import type { ProcessSource } from './process-source.js';

interface ProcessStat {
  /** Process id of its parent. */
  readonly parent: number;
  readonly group: number;
  /** Clock ticks after boot, as text. */
  readonly startTicks: string;
  /** True for a process that has ended and waits to be reaped. */
  readonly isDead: boolean;
}

const LISTENING = '0A';

/** Linux: proc(5). */
export const procSource: ProcessSource = {
  startOf(pid) {
    const stat = readStat(pid);
    // Ticks count from boot: without it, a process of today could pass for one before a restart.
    return stat === null ? null : `${bootId()}:${stat.startTicks}`;
  },
  isDead: (pid) => readStat(pid)?.isDead === true,
  membersOf: (group) =>
    processIds().filter((pid) => {
      const stat = readStat(pid);
      return stat?.group === group && !stat.isDead;
    }),
  describe(pid) {
    const stat = readStat(pid);
    const words = read(`/proc/${pid}/cmdline`);
    return stat === null || words === ''
      ? null
      : { parent: stat.parent, words: words.split('\0'), folder: link(`/proc/${pid}/cwd`) || null };
  },
  all() {
    const here = pidNamespace();
    return processIds().flatMap((pid) => {
      const stat = readStat(pid);
      if (stat === null) return [];
      // A container's process ids say nothing here; what is dead has no current folder.
      const cwd = link(`/proc/${pid}/ns/pid`) === here ? link(`/proc/${pid}/cwd`) : '';
      return [{ pid, parent: stat.parent, name: nameOf(pid), cwd }];
    });
  },
  listenerAt(port) {
    const sockets = new Set(listeningSockets(port).map((inode) => `socket:[${inode}]`));
    const pid = sockets.size === 0 ? undefined : processIds().find((id) => openFiles(id).some((file) => sockets.has(file)));
    return pid === undefined ? null : { pid, name: nameOf(pid) };
  },
};

export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id').trim();
}

/** `pid:[4026531836]`; '' where there are none. */
export function pidNamespace(): string {
  return link('/proc/self/ns/pid');
}

export function processIds(): readonly number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A variable that a process was started with, or ''. */
export function variableOf(pid: number, name: string): string {
  const variables = read(`/proc/${pid}/environ`).split('\0');
  return variables.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** The second field, a name in parentheses, may hold spaces and parentheses itself: count from the last one. */
export function parseProcessStat(text: string): ProcessStat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const startTicks = fields[19];
  if (state === undefined || parent === undefined || group === undefined || startTicks === undefined) return null;
  return { parent: Number(parent), group: Number(group), startTicks, isDead: state === 'Z' || state === 'X' };
}

function readStat(pid: number): ProcessStat | null {
  return parseProcessStat(read(`/proc/${pid}/stat`));
}

function nameOf(pid: number): string {
  return printableLine(read(`/proc/${pid}/comm`).trimEnd());
}

/** Fields of `/proc/net/tcp` (proc_net(5)): slot, local address and port in hexadecimal, remote one, state, …, inode in the tenth. */
function listeningSockets(port: number): readonly string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6']
    .flatMap((file) => read(`/proc/net/${file}`).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENING && local.endsWith(`:${hexadecimal}`))
    .flatMap((fields) => fields.slice(9, 10));
}

function openFiles(pid: number): readonly string[] {
  return namesIn(`/proc/${pid}/fd`).map((name) => link(`/proc/${pid}/fd/${name}`));
}

// All three are empty for a process that is gone or another user's.
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
