import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '@nx-fleet/core';
import { processPlace } from '@nx-fleet/system';
import { useTemporaryFolder } from '../../../system/src/testing/temporary-folder.js';
import { createHeartbeat } from './heartbeat.js';
import { createRegistry } from './registry.js';

const ELSEWHERE = 'container/00000000-0000-4000-8000-000000000000/pid:[4026539999]';

describe('a process of another container that shares the registry', () => {
  const folder = useTemporaryFolder();
  /** It has the id of a process that lives here, which tells nothing. */
  const other: ProcessIdentity = { pid: process.pid, startedAt: null, place: ELSEWHERE };
  const beats = async (): Promise<readonly string[]> => {
    let files: readonly string[] = [];
    while (files.length === 0) {
      await sleep(10);
      files = readdirSync(folder()).filter((name) => name.startsWith('p-'));
    }
    return files.map((name) => path.join(folder(), name));
  };

  it('is alive while its heartbeat is heard, and dead once it has been silent for a minute', async () => {
    const registry = createRegistry({ directory: folder() });
    expect(await registry.isAlive(other)).toBe(false);
    createHeartbeat(folder(), other).begin();
    const [file = ''] = await beats();
    expect(await registry.isAlive(other)).toBe(true);
    expect(await registry.isAlive({ ...other, pid: other.pid + 1 })).toBe(false);
    const earlier = new Date(Date.now() - 61_000);
    utimesSync(file, earlier, earlier);
    expect(await registry.isAlive(other)).toBe(false);
  });

  it('is shown that a process lives which tells its identity', async () => {
    expect(createRegistry({ directory: folder() }).self.place).toBe(processPlace());
    expect(await beats()).toHaveLength(1);
  });
});
