import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder of this user alone, by its real path. */
export async function createScratchFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-'));
}

export async function removeScratchFolder(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Acts with a new folder and takes it away afterwards. */
export async function withScratchFolder<Result>(act: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await createScratchFolder();
  try {
    return await act(directory);
  } finally {
    await removeScratchFolder(directory);
  }
}
