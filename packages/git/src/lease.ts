import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { isMissingFile, systemErrorCode } from './file-errors.js';
import { isProcessAlive, processPlace, processStart } from './process-identity.js';

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

export interface LeaseTimes {
  /** How long to wait for a holder that lives. @default 120_000 */
  readonly timeoutMs?: number;
  /** How long a holder of another machine or container, which cannot be looked at, may show no sign of life. @default 20_000 */
  readonly silenceMs?: number;
}

const TIMEOUT_MS = 120_000;
const SILENCE_MS = 20_000;
const BEAT_MS = 2_000;

/**
 * Acts while no other process holds the same lease. A dead holder's lease is taken over.
 * @throws UserError after two minutes of waiting
 */
export async function withLease<Result>(
  file: string,
  act: (grant: LeaseGrant) => Promise<Result>,
  times: LeaseTimes = {},
): Promise<Result> {
  const self: LeaseHolder = {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    startedAt: await processStart(process.pid),
    place: await processPlace(),
  };
  await mkdir(dirname(file), { recursive: true });
  const tookOver = await acquire(file, self, times);
  const beat = setInterval(() => void showLife(file), BEAT_MS).unref();
  try {
    return await act({ tookOver });
  } finally {
    clearInterval(beat);
    if ((await readHolder(file))?.id === self.id) await rm(file, { force: true });
  }
}

async function acquire(file: string, self: LeaseHolder, times: LeaseTimes): Promise<boolean> {
  // link(2) and rename(2) make a whole file appear at once: no reader ever sees half of it.
  const claim = `${file}.${self.id}.new`;
  const { timeoutMs = TIMEOUT_MS, silenceMs = SILENCE_MS } = times;
  const waitedMs = stopwatch();
  const isAlive = holderWatch(file, self, silenceMs);
  const takeOver = heirOf(claim, file, times);
  await writeFile(claim, JSON.stringify(self));
  try {
    for (;;) {
      if (await tryLink(claim, file)) return false;
      const holder = await readHolder(file);
      if (holder !== null && !(await isAlive(holder)) && (await takeOver(holder))) return true;
      if (waitedMs() > timeoutMs) throw busyError(file, holder, waitedMs());
      await sleep(5 + Math.random() * 25);
    }
  } finally {
    await rm(claim, { force: true });
  }
}

// Only the holder of the right to succeed this holder replaces its file, so that two heirs cannot both win.
function heirOf(claim: string, file: string, times: LeaseTimes): (dead: LeaseHolder) => Promise<boolean> {
  return async ({ id }) => {
    const succeed = async (): Promise<boolean> => {
      if ((await readHolder(file))?.id !== id) return false;
      await rename(claim, file);
      return true;
    };
    return withLease(`${file}.${id}`, succeed, times);
  };
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
  // A file that is not a lease was cut short by a crash of the machine, or an earlier version wrote it: its place is none, and it shows no life.
  return parseHolder(text) ?? { id: createHash('sha256').update(text).digest('hex').slice(0, 16), pid: 0, startedAt: null, place: '' };
}

function parseHolder(text: string): LeaseHolder | null {
  const match = /^\{"id":"([\da-f]{16})","pid":(\d{1,10}),"startedAt":(null|"[^"\\]*"),"place":"([^"\\]*)"\}$/.exec(text);
  if (match === null) return null;
  const [, id = '', pid = '', startedAt = 'null', place = ''] = match;
  return { id, pid: Number(pid), startedAt: startedAt === 'null' ? null : startedAt.slice(1, -1), place };
}

/**
 * Judges the holders that one waiting process meets. One of this place is looked at; any other lives for as long as it keeps touching the file,
 * by the clock of this process alone: those of machines differ.
 */
function holderWatch(file: string, self: LeaseHolder, silenceMs: number): (holder: LeaseHolder) => Promise<boolean> {
  let sign = '';
  let silentMs = stopwatch();
  return async ({ id, pid, startedAt, place }) => {
    if (pid === 0) return false;
    if (place === self.place) return isProcessAlive(pid, startedAt);
    const now = `${id} ${await lastSign(file)}`;
    if (now !== sign) {
      sign = now;
      silentMs = stopwatch();
    }
    return silentMs() < silenceMs;
  };
}

async function lastSign(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (isMissingFile(error)) return 0;
    throw error;
  }
}

/** Somebody may have taken the lease over while this machine slept: then there is no file of nx-fleet to touch, which is not a reason to fail. */
async function showLife(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => performance.now() - startedAt;
}

function busyError(file: string, holder: LeaseHolder | null, waitedMs: number): UserError {
  const who = holder === null ? 'other processes' : `process ${holder.pid} on "${printableLine(holder.place.split('/')[0] ?? '')}"`;
  return new UserError(
    `Another nx-fleet command (${who}) has been changing worktrees for ${Math.round(waitedMs / 1000)} seconds. Wait for it or end it, then run this again. If it hangs and cannot be ended, delete "${printableLine(file)}".`,
  );
}
