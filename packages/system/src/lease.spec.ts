import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@nx-fleet/core';
import { withLease } from './lease.js';
import { identifyProcess, processPlace } from './process-identity.js';

const ID = '0123456789abcdef';

describe('withLease', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'git-spec-')));
    file = join(folder, 'new', 'x.lease');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const leave = async (holder: object) => {
    await withLease(file, async () => {});
    await writeFile(file, JSON.stringify({ id: ID, pid: process.pid, startedAt: null, place: processPlace(), ...holder }));
  };
  const countHolders = async (claims: number) => {
    let now = 0;
    let most = 0;
    let takeovers = 0;
    const act = async ({ tookOver }: { tookOver: boolean }) => {
      now += 1;
      most = Math.max(most, now);
      takeovers += tookOver ? 1 : 0;
      await sleep(2);
      now -= 1;
    };
    await Promise.all(Array.from({ length: claims }, () => withLease(file, act)));
    return { most, takeovers };
  };

  it('lets one act at a time, and leaves nothing behind', async () => {
    expect(await countHolders(15)).toEqual({ most: 1, takeovers: 0 });
    expect(await readdir(join(folder, 'new'))).toEqual([]);
  });

  it('is given back when the act fails', async () => {
    await expect(withLease(file, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await withLease(file, async () => 'again')).toBe('again');
  });

  it("gives a dead holder's lease to exactly one of many", async () => {
    await leave({ pid: 2 ** 22 + 1 });
    expect(await countHolders(15)).toEqual({ most: 1, takeovers: 1 });
    expect(await readdir(join(folder, 'new'))).toEqual([]);
  });

  it('takes over from a process id that was given out again', async () => {
    await leave({ startedAt: 'long ago' });
    expect(await countHolders(1)).toEqual({ most: 1, takeovers: 1 });
  });

  it('takes over when the heir died as well, in the middle of it', async () => {
    await leave({ pid: 2 ** 22 + 1 });
    const heir = { id: 'fedcba9876543210', pid: 2 ** 22 + 2, startedAt: null, place: processPlace() };
    await writeFile(`${file}.${ID}`, JSON.stringify(heir));
    expect(await countHolders(5)).toEqual({ most: 1, takeovers: 1 });
    expect(await readdir(join(folder, 'new'))).toEqual([]);
  });

  it('takes over a file that a crash of the machine has cut short', async () => {
    await withLease(file, async () => {});
    await writeFile(file, '{"id":"01');
    expect(await countHolders(3)).toEqual({ most: 1, takeovers: 1 });
  });

  it('waits for a holder of another machine, which cannot be looked at, and names it when that takes too long', async () => {
    await leave({ pid: 17, place: 'elsewhere/00000000-0000-4000-8000-000000000000/pid:[4026539999]' });
    const waiting = withLease(file, async () => {}, 1_200);
    await expect(waiting).rejects.toThrow(
      /^Another nx-fleet command \(process 17 on "elsewhere"\) has been changing worktrees for 1 seconds\. .*delete ".*x\.lease"\.$/,
    );
    await expect(waiting).rejects.toBeInstanceOf(UserError);
  });

  it('takes over from before this machine started', async () => {
    await leave({ place: processPlace().replace(/\/[^/]*\//, '/00000000-0000-4000-8000-000000000000/') });
    expect(await countHolders(3)).toEqual({ most: 1, takeovers: 1 });
  });

  it('waits for a living holder', async () => {
    await leave({ startedAt: identifyProcess(process.pid).startedAt });
    let acted = false;
    const waiting = withLease(file, async () => {
      acted = true;
    });
    await sleep(150);
    expect(acted).toBe(false);
    await rm(file);
    await waiting;
  });
});
