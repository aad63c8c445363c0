import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { printableLine, type RunningProcess } from '@nx-fleet/core';
import { processIds } from './process-group.js';

const LISTENING = '0A';

/** The process that listens on a TCP port. Null where the system does not tell it: other systems than Linux, and processes of other users. */
export function portListener(port: number): RunningProcess | null {
  if (process.platform !== 'linux') return null;
  const sockets = new Set(listeningSockets(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  const pid = processIds().find((id) => openFiles(id).some((file) => sockets.has(file)));
  return pid === undefined ? null : { pid, name: printableLine(readIfThere(`/proc/${pid}/comm`).trimEnd()) };
}

/** Fields of `/proc/net/tcp` (proc_net(5)): slot, local address and port in hexadecimal, remote one, state, …, inode in the tenth. */
function listeningSockets(port: number): readonly string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  return ['tcp', 'tcp6']
    .flatMap((file) => readIfThere(`/proc/net/${file}`).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENING && local.endsWith(`:${hexadecimal}`))
    .flatMap((fields) => fields.slice(9, 10));
}

function openFiles(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).map((name) => linkIfThere(`${directory}/${name}`));
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}

function linkIfThere(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
