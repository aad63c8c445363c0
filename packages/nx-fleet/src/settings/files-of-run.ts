import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { minimatch } from 'minimatch';
import { PROMPT_NAMES, UserError, type Settings } from '@nx-fleet/core';

const VARIABLE = 'NX_FLEET_FILES_OF_RUN';
const ISSUES = '.nx-fleet/issues';

/**
 * Remembers, for all tasks of an Nx command, what the files were that its stages read: texts of issues, prompts and programs of the workspace.
 * Nx hashes them when the command begins; a stage may read them much later.
 */
export function rememberFiles(root: string, { prompts, agents }: Settings, env: NodeJS.ProcessEnv): void {
  const issues = readdirIfThere(join(root, ISSUES)).map((project) => `${ISSUES}/${project}/spec.md`);
  const own = prompts === undefined ? [] : PROMPT_NAMES.map((name) => `${prompts}/${name}.md`);
  const programs = Object.values(agents.define).flatMap((agent) => (agent.type === 'command' ? agent.files : []));
  // Digests alone: a process is given at most 128 kB in one variable.
  env[VARIABLE] = [...new Set([...issues, ...own, ...programs])].map((pattern) => digest(root, pattern)).join(',');
}

interface FilesOfStage {
  readonly root: string;
  readonly project: string;
  readonly target: TargetConfiguration;
}

/** @throws UserError when a file that the stage reads has changed since the Nx command began: its result would be stored under the key of the old one */
export function requireFilesOfRun({ root, project, target }: FilesOfStage, env: NodeJS.ProcessEnv): void {
  const remembered = env[VARIABLE]?.split(',');
  if (remembered === undefined) return;
  for (const input of target.inputs ?? []) {
    if (typeof input !== 'string' || !input.startsWith('{')) continue;
    const pattern = inWorkspace(input, project);
    if (remembered.includes(digest(root, pattern))) continue;
    const what = input === '{projectRoot}/spec.md' ? `The text of ${project}` : `"${pattern}"`;
    throw new UserError(`${what} has changed since this command began. Run it again.`);
  }
}

/** A path of an issue's `inputs`, from the workspace's root. */
export function inWorkspace(path: string, project: string): string {
  return path.replace('{projectRoot}', `${ISSUES}/${project}`).replace('{workspaceRoot}/', '');
}

/** Path and content of each file that a pattern names; undefined for one that has no folder to look in. */
export function filesOf(root: string, pattern: string): unknown {
  const words = pattern.replace(/^\.\//, '').split('/');
  const first = words.findIndex((word) => /[*?[\]{}()!]/.test(word));
  const folder = words.slice(0, first < 0 ? words.length : first).join('/');
  if (folder === '') return undefined;
  const stat = statSync(join(root, folder), { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const files = stat.isDirectory()
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .filter((file) => first < 0 || minimatch(file, words.join('/'), { dot: true }))
    : [folder];
  return files.sort().map((file) => [
    file,
    createHash('sha256')
      .update(readFileSync(join(root, file)))
      .digest('hex'),
  ]);
}

function digest(root: string, pattern: string): string {
  const hash = createHash('sha256').update(JSON.stringify([pattern, unlessUnreadable(() => filesOf(root, pattern)) ?? null]));
  return hash.digest('hex').slice(0, 12);
}

function readdirIfThere(folder: string): readonly string[] {
  return unlessUnreadable(() => readdirSync(folder)) ?? [];
}

/** The stage that reads the file says what is wrong with it: other commands do without. */
function unlessUnreadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
