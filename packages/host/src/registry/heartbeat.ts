import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from '@nx-fleet/core';
import { nullIfAbsent } from '@nx-fleet/system';

const BEAT_MS = 10_000;
const SILENCE_MS = 60_000;

/** Shows processes of other containers and machines, who share only a folder with us, that this process lives. */
export interface Heartbeat {
  /** Begins it, once. It continues for as long as this process lives and keeps nothing from ending. */
  begin(): void;
  /** Whether another process has shown a sign of life within a minute. */
  isHeard(process: ProcessIdentity): Promise<boolean>;
}

/** @param directory folder that all of them share */
export function createHeartbeat(directory: string, self: ProcessIdentity): Heartbeat {
  let hasBegun = false;
  return {
    begin() {
      if (hasBegun) return;
      hasBegun = true;
      const file = heartbeatFile(directory, self);
      if (!isShown(file)) return;
      const timer = setInterval(() => void beat(file).catch(() => clearInterval(timer)), BEAT_MS).unref();
    },
    async isHeard(other) {
      const found = await stat(heartbeatFile(directory, other)).catch(nullIfAbsent);
      return found !== null && Date.now() - found.mtimeMs < SILENCE_MS;
    },
  };
}

/** The registry prunes such files once they are an hour old. */
function heartbeatFile(directory: string, { pid, startedAt, place }: ProcessIdentity): string {
  const name = createHash('sha256')
    .update(JSON.stringify([pid, startedAt, place]))
    .digest('hex')
    .slice(0, 16);
  return path.join(directory, `p-${name}.tmp`);
}

/** Without a heartbeat, only processes of another place take this one for dead. */
function isShown(file: string): boolean {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, '', { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** Fails once the folder is gone. */
async function beat(file: string): Promise<void> {
  await writeFile(file, '', { flag: 'a', mode: 0o600 });
  const now = new Date();
  await utimes(file, now, now);
}
