import path from 'node:path';
import { readdir } from 'node:fs/promises';
import { z } from 'zod';

/** The fields of a package.json that decide what an install puts into node_modules, its links and its `.bin`. */
const installFieldsSchema = z.object({
  name: z.unknown().optional(),
  version: z.unknown().optional(),
  bin: z.unknown().optional(),
  packageManager: z.unknown().optional(),
  workspaces: z.unknown().optional(),
  dependencies: z.unknown().optional(),
  devDependencies: z.unknown().optional(),
  optionalDependencies: z.unknown().optional(),
  peerDependencies: z.unknown().optional(),
  peerDependenciesMeta: z.unknown().optional(),
  bundleDependencies: z.unknown().optional(),
  overrides: z.unknown().optional(),
  resolutions: z.unknown().optional(),
  pnpm: z.unknown().optional(),
});

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', 'node_modules.nx-fleet-tmp', '.git', '.nx', '.nx-fleet']);

/** What of a package.json an install depends on. One that is not JSON, say a test's fixture, counts as it stands. */
export function installFields(text: string): string {
  const value = parseJson(text);
  const { data } = installFieldsSchema.safeParse(value);
  return data === undefined ? text : JSON.stringify(data);
}

/** The file's value, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Folders below `root` that hold a package.json, relative and sorted; the root itself is ''. */
export async function packageFolders(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && entry.name === 'package.json')) {
      found.push(folder);
    }
    for (const entry of entries) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) {
        await visit(path.join(folder, entry.name));
      }
    }
  };
  await visit('');
  return found.sort();
}
