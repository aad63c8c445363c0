import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { readFileIfPresent, systemErrorCode } from './paths.js';
import { identifyProcess, isProcessAlive, processPlace } from './process-identity.js';

export interface LeaseGrant {
  /** The last holder died while it held the lease: what it was doing may be half done. */
  readonly tookOver: boolean;
}

interface LeaseHolder {
  /** Of this one hold, not of the process. */
  readonly id: string;
  readonly pid: number;
  readonly startedAt: string | null;
  /** Where its id means something. */
  readonly place: string;
}

const TIMEOUT_MS = 120_000;

/**
 * Acts while no other process holds the same lease. A dead holder's lease is taken over; one of another container or machine, which cannot be looked
 * at, is waited for.
 * @throws UserError after `timeoutMs`, two minutes
 */
export async function withLease<Result>(
  file: string,
  act: (grant: LeaseGrant) => Promise<Result>,
  timeoutMs = TIMEOUT_MS,
): Promise<Result> {
  const { pid, startedAt } = identifyProcess(process.pid);
  const self: LeaseHolder = { id: randomBytes(8).toString('hex'), pid, startedAt, place: processPlace() };
  await mkdir(dirname(file), { recursive: true });
  const tookOver = await acquire(file, self, timeoutMs);
  try {
    return await act({ tookOver });
  } finally {
    if ((await readHolder(file))?.id === self.id) await rm(file, { force: true });
  }
}

async function acquire(file: string, self: LeaseHolder, timeoutMs: number): Promise<boolean> {
  // link(2) and rename(2) make a whole file appear at once: no reader ever sees half of it.
  const claim = `${file}.${self.id}.new`;
  const startedAt = performance.now();
  const waitedMs = (): number => performance.now() - startedAt;
  await writeFile(claim, JSON.stringify(self));
  try {
    for (;;) {
      if (await tryLink(claim, file)) return false;
      const holder = await readHolder(file);
      if (holder !== null && isDead(holder) && (await takeOver({ claim, file, timeoutMs }, holder))) return true;
      if (waitedMs() > timeoutMs) throw busyError(file, holder, waitedMs());
      await sleep(5 + Math.random() * 25);
    }
  } finally {
    await rm(claim, { force: true });
  }
}

interface Succession {
  readonly claim: string;
  readonly file: string;
  readonly timeoutMs: number;
}

// Only the holder of the right to succeed this holder replaces its file, so that two heirs cannot both win.
async function takeOver({ claim, file, timeoutMs }: Succession, dead: LeaseHolder): Promise<boolean> {
  const succeed = async (): Promise<boolean> => {
    if ((await readHolder(file))?.id !== dead.id) return false;
    await rename(claim, file);
    return true;
  };
  return withLease(`${file}.${dead.id}`, succeed, timeoutMs);
}

/** A holder of this machine from before its last start is dead, too. */
function isDead({ pid, startedAt, place }: LeaseHolder): boolean {
  if (pid === 0) return true;
  if (place === processPlace()) return !isProcessAlive({ pid, startedAt });
  const [host, boot] = place.split('/');
  const [ownHost, ownBoot] = processPlace().split('/');
  return host === ownHost && boot !== ownBoot;
}

async function tryLink(claim: string, file: string): Promise<boolean> {
  try {
    await link(claim, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<LeaseHolder | null> {
  const text = await readFileIfPresent(file);
  if (text === null) return null;
  // A file that is not a lease was cut short by a crash of the machine.
  return parseHolder(text) ?? { id: createHash('sha256').update(text).digest('hex').slice(0, 16), pid: 0, startedAt: null, place: '' };
}

function parseHolder(text: string): LeaseHolder | null {
  const match = /^\{"id":"([\da-f]{16})","pid":(\d{1,10}),"startedAt":(null|"[^"\\]*"),"place":"([^"\\]*)"\}$/.exec(text);
  if (match === null) return null;
  const [, id = '', pid = '', startedAt = 'null', place = ''] = match;
  return { id, pid: Number(pid), startedAt: startedAt === 'null' ? null : startedAt.slice(1, -1), place };
}

function busyError(file: string, holder: LeaseHolder | null, waitedMs: number): UserError {
  const who = holder === null ? 'other processes' : `process ${holder.pid} on "${printableLine(holder.place.split('/')[0] ?? '')}"`;
  return new UserError(
    `Another nx-fleet command (${who}) has been changing worktrees for ${Math.round(waitedMs / 1000)} seconds. Wait for it or end it, then run this again. If it hangs and cannot be ended, delete "${printableLine(file)}".`,
  );
}
