import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '@nx-fleet/system';
import { splitNul } from './nul-separated.js';
import { openMainWorktree, type Repository } from './repository.js';

/** First line of what Git LFS puts in place of a file's content, from its specification. */
const POINTER_START = 'version https://git-lfs.github.com/spec/';
const SAMPLES = 50;

/** Has Git LFS leave pointers where the main worktree has pointers, and nothing else. */
export async function smudgeVariables(repository: Repository): Promise<Readonly<Record<string, string>>> {
  const configured = await repository.inMain(['config', '--get-regexp', String.raw`^filter\.lfs\.`], { answers: [0, 1] });
  if (configured.exitCode === 1) return {};
  const main = await openMainWorktree(repository);
  const { stdout } = await main.run(['ls-files', '-z', '--', ':(attr:filter=lfs)']);
  let pointers = 0;
  for (const file of splitNul(stdout).slice(0, SAMPLES)) {
    const start = await readStart(join(main.path, file));
    if (start !== null && start !== POINTER_START) return {};
    if (start !== null) pointers += 1;
  }
  return pointers === 0 ? {} : { GIT_LFS_SKIP_SMUDGE: '1' };
}

/** As many bytes as a pointer's start has; null when there is no such file. */
async function readStart(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(POINTER_START.length) });
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}
