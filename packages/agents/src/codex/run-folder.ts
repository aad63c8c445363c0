import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunFolder {
  /** File with the schema, out of the agent's reach, or null when there is none. */
  readonly schemaFile: string | null;
  /** Folder for the temporary files of the agent's commands. */
  readonly temporary: string;
}

/** Gives `use` a folder outside the worktree for one run, and removes it afterwards. */
export async function withRunFolder<T>(
  schema: Readonly<Record<string, unknown>> | undefined,
  use: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-codex-'));
  try {
    const temporary = join(root, 'tmp');
    await mkdir(temporary);
    const schemaFile = schema === undefined ? null : join(root, 'schema.json');
    if (schemaFile !== null) await writeFile(schemaFile, JSON.stringify(schema));
    return await use({ schemaFile, temporary });
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}
