import { createHash } from 'node:crypto';
import { parseJson, printableLine, slug, UserError } from '@nx-fleet/core';
import { z } from 'zod';
import { dropDatabase, findDatabase, setComment } from './catalog.js';
import { copySource } from './copy-source.js';
import type { PostgresWork } from './postgres-work.js';
import { aloneOn, orDropped, sweepUnfinished, unfinishedName } from './unfinished-database.js';

const markerSchema = z.object({ tool: z.literal('nx-fleet'), clone: z.string(), snapshotOf: z.string(), takenAt: z.string() });

/** The frozen copy of the source that branches are made from: no client can connect to it, so it is never in use. One per clone and source. */
export interface Snapshot {
  readonly name: string;
  readonly takenAt: string;
}

/** The snapshot that is there, or a new one on first use. */
export async function requireSnapshot(work: PostgresWork): Promise<Snapshot> {
  const present = await findSnapshot(work);
  if (present !== null) {
    return present;
  }
  return aloneOnSnapshot(work, async () => (await findSnapshot(work)) ?? (await takeSnapshot(work)));
}

/** A new snapshot in place of the present one. Copies that are being made of that one are finished first. */
export async function refreshSnapshot(work: PostgresWork): Promise<Snapshot> {
  const snapshot = await aloneOnSnapshot(work, async () => {
    await findSnapshot(work);
    return takeSnapshot(work);
  });
  await sweepUnfinished(work.session, work.owner);
  return snapshot;
}

/** At most 56 bytes, whatever the source is called. */
export function snapshotName({ source, owner }: Pick<PostgresWork, 'source' | 'owner'>): string {
  const readable = slug(source.database, 24).replaceAll('-', '_');
  const hash = createHash('sha256').update(source.database).digest('hex').slice(0, 8);
  return `${readable}_${hash}_${owner.clone}__nx_fleet_tpl`;
}

function aloneOnSnapshot(work: PostgresWork, act: () => Promise<Snapshot>): Promise<Snapshot> {
  const onWait = (): void => work.onProgress('Waiting for the snapshot that another command is taking');
  return aloneOn(work.session, { owner: work.owner, name: snapshotName(work), onWait }, act);
}

/** @throws UserError when the name is taken by something else */
async function findSnapshot(work: PostgresWork): Promise<Snapshot | null> {
  const name = snapshotName(work);
  const entry = await findDatabase(work.session, name);
  if (entry === null) {
    return null;
  }
  const marker = parseMarker(entry.comment);
  if (marker?.clone !== work.owner.clone || marker.snapshotOf !== work.source.database) {
    throw new UserError(`Database "${name}" is not ours, and its name is the one of our snapshot. Rename or drop it, and run this again.`);
  }
  return entry.valid ? { name, takenAt: marker.takenAt } : null;
}

async function takeSnapshot(work: PostgresWork): Promise<Snapshot> {
  const { session, source, owner } = work;
  const name = snapshotName(work);
  const unfinished = unfinishedName(owner, name);
  await dropDatabase(session, unfinished);
  work.onProgress(`Taking a snapshot of database "${printableLine(source.database)}"`);
  const how = await orDropped(session, unfinished, () => copySource(work, unfinished));
  await session.query(`ALTER DATABASE ${session.identifier(unfinished)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  const takenAt = new Date().toISOString();
  await setComment(session, unfinished, { tool: 'nx-fleet', clone: owner.clone, snapshotOf: source.database, takenAt });
  await putInPlace(work, { unfinished, name });
  work.onProgress(`Took a snapshot of database "${printableLine(source.database)}" (${how})`);
  return { name, takenAt };
}

/** In one transaction, so that there is always a snapshot under the name; the old one is dropped after. */
async function putInPlace({ session, owner }: PostgresWork, { unfinished, name }: { unfinished: string; name: string }): Promise<void> {
  const replaced = unfinishedName(owner, `replaced ${name}`);
  await dropDatabase(session, replaced);
  const isReplacement = (await findDatabase(session, name)) !== null;
  await session.query('BEGIN');
  if (isReplacement) {
    await session.query(`ALTER DATABASE ${session.identifier(name)} RENAME TO ${session.identifier(replaced)}`);
  }
  await session.query(`ALTER DATABASE ${session.identifier(unfinished)} RENAME TO ${session.identifier(name)}`);
  await session.query('COMMIT');
  await dropDatabase(session, replaced);
}

function parseMarker(comment: string | null): z.infer<typeof markerSchema> | null {
  return comment === null ? null : (markerSchema.safeParse(parseJson(comment)).data ?? null);
}
