import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';
import type { CopyMethod } from './copy-methods.js';
import { countRows, createLiveDatabase, killWriters, query, startWriter } from './live-database.contract.js';

/** What each way to copy with SQLite's help does. `prepare` makes its driver resolvable from a folder. */
export function describeReadingMethod(
  name: string,
  make: () => CopyMethod,
  prepare: (folder: string) => Promise<void> = async () => {},
): void {
  describe(`copying with ${name}`, () => {
    afterEach(killWriters);
    afterEach(removeTemporaryFolders);

    const setUp = async (folderName = 'main') => {
      const mainWorktree = join(await createTemporaryFolder(), folderName);
      const source = join(mainWorktree, 'data/app.db');
      await createLiveDatabase(source);
      await prepare(mainWorktree);
      return { mainWorktree, source, target: join(mainWorktree, "it's a copy.db") };
    };

    it('makes a consistent copy while another process writes', async () => {
      const request = await setUp();
      await startWriter(request.source);
      await expect(make().copy(request)).resolves.toMatchObject({ kind: 'copied' });
      const copied = await countRows(request.target);
      expect(copied).toBeGreaterThan(500);
      await killWriters();
      expect(await countRows(request.source)).toBeGreaterThanOrEqual(copied);
    });

    it('copies what stands in the log of a process that crashed', async () => {
      const request = await setUp();
      await startWriter(request.source);
      await killWriters();
      await expect(make().copy(request)).resolves.toMatchObject({ kind: 'copied' });
      expect(await countRows(request.target)).toBe(await countRows(request.source));
    });

    it('takes folders with quotes, spaces and other scripts', async () => {
      const request = await setUp(`we"ird 'näme' $(x) 日本`);
      await expect(make().copy(request)).resolves.toMatchObject({ kind: 'copied' });
      expect(await countRows(request.target)).toBe(500);
    });

    it('copies an empty database', async () => {
      const request = await setUp();
      const source = join(request.mainWorktree, 'empty.db');
      await query(source, 'CREATE TABLE t (x)', 'DROP TABLE t');
      await expect(make().copy({ ...request, source })).resolves.toMatchObject({ kind: 'copied' });
      await expect(query(request.target, 'SELECT count(*) FROM sqlite_master')).resolves.toEqual([[0]]);
    });

    it('fails on a database that is broken', async () => {
      const request = await setUp();
      await query(request.source, 'PRAGMA journal_mode = DELETE');
      const file = await open(request.source, 'r+');
      await file.write(Buffer.alloc(3000, 0xff), 0, 3000, 4096);
      await file.close();
      const outcome = await make().copy(request);
      expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/malformed|corrupt|quick_check/) });
    });
  });
}
