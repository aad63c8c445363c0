import { readlinkSync } from 'node:fs';

/** Where a link below `/proc/<pid>` leads (proc(5)); '' for a process that is gone or not ours. */
export function processLink(pid: number, name: 'cwd' | 'ns/pid'): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}

/** True for a folder itself and for all below it, by name. */
export function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
