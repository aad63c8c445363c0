import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ArtifactStore, printableLine, UserError } from '@nx-fleet/core';
import { isFolder, leadsInside, readFileIfPresent, replaceFile } from '@nx-fleet/system';
import { requireFolderName, stateDirectory } from './state-directory.js';

/** The artifacts of stages under `.nx-fleet/out/` of the worktree that they run in: they are outputs of its Nx tasks. */
export function createArtifactStore(workspaceRoot: string): ArtifactStore {
  const root = path.join(stateDirectory(workspaceRoot), 'out');
  const directory = (project: string, target: string): string => path.join(root, requireFolderName(project), requireTarget(target));
  return {
    directory,
    clear: async (project, target, keep = []) => {
      const folder = directory(project, target);
      if (keep.length === 0 || !(await isFolder(folder))) await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => !keep.includes(name));
      for (const name of names) await rm(path.join(folder, name), { recursive: true, force: true });
    },
    copy: async (project, from, to) => {
      const [source, folder] = [directory(project, from), directory(project, to)];
      await rm(folder, { recursive: true, force: true });
      await cp(source, folder, { recursive: true });
    },
    read: async (project, target, file) => readFileIfPresent(await requireInside(directory(project, target), file)),
    write: async (project, target, file, text) => replaceFile({ path: await requireInside(directory(project, target), file), text }),
  };
}

/** Names of targets such as `agent-review--codex`; also `e2e:ci`. */
function requireTarget(target: string): string {
  if (!/^[A-Za-z0-9][\w.:-]*$/.test(target)) {
    throw new UserError(`"${printableLine(target)}" is not the name of a stage's target, such as agent-plan.`);
  }
  return target;
}

/** Absolute path of a file that lies in the folder, links followed. @throws UserError if it does not */
async function requireInside(directory: string, file: string): Promise<string> {
  const resolved = path.resolve(directory, file);
  const isNamedInside = resolved.startsWith(directory + path.sep) && !path.isAbsolute(file) && !file.includes('\0');
  if (!isNamedInside || !(await leadsInside(directory, resolved))) {
    throw new UserError(`File "${printableLine(file)}" is not inside "${directory}". Give a path below that folder.`);
  }
  return resolved;
}
