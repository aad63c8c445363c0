import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withScratchFolder, type ScratchFolders } from '@nx-fleet/core';

export interface RunFolder {
  /** File with the schema, out of the agent's reach, or null when there is none. */
  readonly schemaFile: string | null;
  /** Folder for the temporary files of the agent's commands. */
  readonly temporary: string;
}

const PLAIN_FOLDERS: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-codex-'));
    return { directory, remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }) };
  },
};

/** Gives `use` a folder outside the worktree for one run, and removes it afterwards. */
export async function withRunFolder<T>(
  {
    schema,
    scratch = PLAIN_FOLDERS,
  }: { readonly schema: Readonly<Record<string, unknown>> | undefined; readonly scratch: ScratchFolders | undefined },
  use: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  return withScratchFolder(scratch, async (root) => {
    const temporary = join(root, 'tmp');
    await mkdir(temporary);
    const schemaFile = schema === undefined ? null : join(root, 'schema.json');
    if (schemaFile !== null) await writeFile(schemaFile, JSON.stringify(schema));
    return use({ schemaFile, temporary });
  });
}
