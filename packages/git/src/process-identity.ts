import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { isMissingFile, systemErrorCode } from './file-errors.js';

const run = promisify(execFile);

/** Where process ids mean what they mean to this process: host, boot and pid namespace. Containers of one machine have different ones. */
export async function processPlace(): Promise<string> {
  const read = async (answer: Promise<string>): Promise<string> => answer.then((text) => text.trim()).catch(() => '');
  const boot = read(readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  return [hostname(), await boot, await read(readlink('/proc/self/ns/pid'))].join('/');
}

/** When a process was started, as the operating system gives it; null where it does not say. A dead process has another value than it had alive. */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return null;
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
    return stdout.trim();
  } catch (error) {
    // ps answers 1 for a process that is not there; without a ps nothing is known.
    if (systemErrorCode(error) === 'ENOENT') return null;
    return 'gone';
  }
}

async function linuxStart(pid: number): Promise<string> {
  try {
    const [bootId, stat] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    // The program's name, in parentheses, may hold spaces and parentheses itself. Fields 3 (state) and 22 (start) of proc_pid_stat(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const dead = fields[0] === 'Z' || fields[0] === 'X';
    return dead ? 'gone' : `${bootId.trim()} ${fields[19]}`;
  } catch (error) {
    if (isMissingFile(error) || systemErrorCode(error) === 'ESRCH') return 'gone';
    throw error;
  }
}

/** Whether the process that was started then still runs; if unsure it does. */
export async function isProcessAlive(pid: number, startedAt: string | null): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be asked, and it exists.
    return systemErrorCode(error) === 'EPERM';
  }
  const start = await processStart(pid);
  return start === null || startedAt === null || start === startedAt;
}
