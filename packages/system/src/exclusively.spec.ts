import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exclusively, exclusiveWork } from './exclusively.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

const HOLDER = `
  const { lock } = require(process.argv[1]);
  lock(process.argv[2], { realpath: false, update: 2000 }).then(() => { console.log('held'); setInterval(() => {}, 1000); });
`;

describe('work under a name', () => {
  const folder = useTemporaryFolder();
  const file = () => join(folder(), 'locks', 'issue-1.agent-plan');

  it('is done by one at a time, and each has its turn', async () => {
    const seen: string[] = [];
    let waits = 0;
    const work = async (name: string): Promise<string> =>
      exclusively(file(), {
        onWait: () => void (waits += 1),
        act: async () => {
          seen.push(`${name} begins`);
          await sleep(30);
          seen.push(`${name} ends`);
          return name;
        },
      });
    expect(await Promise.all([work('a'), work('b'), work('c')])).toEqual(['a', 'b', 'c']);
    expect(waits).toBe(2);
    for (const at of [0, 2, 4]) expect(seen[at + 1]).toBe(seen[at]?.replace('begins', 'ends'));
  });

  it('is told of while it lasts, and only that', async () => {
    const folderOfLocks = join(folder(), 'locks');
    const namesNow = (): Promise<readonly string[]> => exclusiveWork(folderOfLocks, 'issue-1.');
    expect(await namesNow()).toEqual([]);
    const act = (): Promise<readonly string[]> =>
      exclusively(join(folderOfLocks, 'issue-10.agent-plan'), { onWait: () => {}, act: namesNow });
    expect(await exclusively(file(), { onWait: () => {}, act })).toEqual(['issue-1.agent-plan']);
    expect(await namesNow()).toEqual([]);
  });

  it('is given back when it fails', async () => {
    const failing = { onWait: () => {}, act: () => Promise.reject(new Error('no')) };
    await expect(exclusively(file(), failing)).rejects.toThrow('no');
    await expect(exclusively(file(), failing)).rejects.toThrow('no');
  });

  it('is not waited for any longer once the waiting is called off', async () => {
    const controller = new AbortController();
    let isDone = false;
    const waiting = async (): Promise<void> =>
      exclusively(file(), { onWait: () => controller.abort(), act: async () => void (isDone = true), signal: controller.signal });
    await exclusively(file(), {
      onWait: () => {},
      act: () => expect(waiting()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' })),
    });
    expect(isDone).toBe(false);
  });

  it('is taken over from a process that was killed', async () => {
    await exclusively(file(), { onWait: () => {}, act: async () => {} });
    const library = createRequire(import.meta.url).resolve('proper-lockfile');
    const holder = spawn(process.execPath, ['-e', HOLDER, library, file()], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    let waits = 0;
    expect(await exclusively(file(), { onWait: () => void (waits += 1), act: async () => 'mine' })).toBe('mine');
    expect(waits).toBe(1);
  }, 60_000);
});
