import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine } from '@nx-fleet/core';
import { isMissingFile, systemErrorCode } from './file-errors.js';
import { isProcessAlive, processStart } from './process-identity.js';

export interface LeaseGrant {
  /** The last holder died while it held the lease: what it was doing may be half done. */
  readonly tookOver: boolean;
}

interface LeaseHolder {
  /** Of this one hold, not of the process. */
  readonly id: string;
  readonly pid: number;
  readonly startedAt: string | null;
  readonly host: string;
}

const TIMEOUT_MS = 120_000;
/** A holder on another machine cannot be asked; what is done under a lease takes seconds. */
const FOREIGN_LEASE_MS = 600_000;

/**
 * Acts while no other process holds the same lease. A dead holder's lease is taken over.
 * @throws Error after two minutes of waiting
 */
export async function withLease<Result>(file: string, act: (grant: LeaseGrant) => Promise<Result>): Promise<Result> {
  const self: LeaseHolder = {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    startedAt: await processStart(process.pid),
    host: hostname(),
  };
  await mkdir(dirname(file), { recursive: true });
  const tookOver = await acquire(file, self);
  try {
    return await act({ tookOver });
  } finally {
    if ((await readHolder(file))?.id === self.id) await rm(file, { force: true });
  }
}

async function acquire(file: string, self: LeaseHolder): Promise<boolean> {
  // link(2) and rename(2) make a whole file appear at once: no reader ever sees half of it.
  const claim = `${file}.${self.id}.new`;
  const deadline = Date.now() + TIMEOUT_MS;
  await writeFile(claim, JSON.stringify(self));
  try {
    for (;;) {
      if (await tryLink(claim, file)) return false;
      const holder = await readHolder(file);
      if (holder !== null && !(await isAlive(holder, file)) && (await takeOver(claim, file, holder))) return true;
      if (Date.now() > deadline) throw busyError(file, holder);
      await sleep(5 + Math.random() * 25);
    }
  } finally {
    await rm(claim, { force: true });
  }
}

// Only the holder of the right to succeed this very holder replaces its file, so that two heirs cannot both win.
async function takeOver(claim: string, file: string, dead: LeaseHolder): Promise<boolean> {
  return withLease(`${file}.${dead.id}`, async () => {
    if ((await readHolder(file))?.id !== dead.id) return false;
    await rename(claim, file);
    return true;
  });
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
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
  // A file that is no lease was cut short by a crash of the machine: nobody holds it.
  return parseHolder(text) ?? { id: createHash('sha256').update(text).digest('hex').slice(0, 16), pid: 0, startedAt: null, host: '' };
}

function parseHolder(text: string): LeaseHolder | null {
  const match = /^\{"id":"([\da-f]{16})","pid":(\d{1,10}),"startedAt":(null|"[^"\\]*"),"host":"([^"\\]*)"\}$/.exec(text);
  if (match === null) return null;
  const [, id = '', pid = '', startedAt = 'null', host = ''] = match;
  return { id, pid: Number(pid), startedAt: startedAt === 'null' ? null : startedAt.slice(1, -1), host };
}

async function isAlive(holder: LeaseHolder, file: string): Promise<boolean> {
  if (holder.pid === 0) return false;
  if (holder.host === hostname()) return isProcessAlive(holder.pid, holder.startedAt);
  try {
    return Date.now() - (await stat(file)).mtimeMs < FOREIGN_LEASE_MS;
  } catch (error) {
    if (isMissingFile(error)) return true;
    throw error;
  }
}

function busyError(file: string, holder: LeaseHolder | null): Error {
  const who = holder === null ? 'Other processes' : `Process ${holder.pid} on "${printableLine(holder.host)}"`;
  return new Error(`${who} held "${printableLine(file)}" for ${TIMEOUT_MS / 1000} seconds`);
}
