import { rm } from 'node:fs/promises';
import path from 'node:path';
import { localStateSchema, manifestSchema, parseJson, printableLine, type StateStore, UserError } from '@nx-fleet/core';
import { namesIn, pathExists, readFileIfPresent, replaceFile } from '@nx-fleet/system';
import type { z } from 'zod';
import { isIssueProject, requireProjectName, stateDirectory } from './state-directory.js';

/** The state under `.nx-fleet/` of the main worktree, as files. @param findMainWorktree called by each method */
export function createStateStore(findMainWorktree: () => Promise<string>): StateStore {
  const within = async (...names: readonly string[]): Promise<string> => path.join(stateDirectory(await findMainWorktree()), ...names);
  const issue = (project: string): Promise<string> => within('issues', requireProjectName(project));
  const manifest = (project: string): Promise<string> => within('issues', requireProjectName(project), 'issue.json');
  const spec = (project: string): Promise<string> => within('issues', requireProjectName(project), 'spec.md');
  const local = (project: string): Promise<string> => within('local', `${requireProjectName(project)}.json`);
  // Nx does not look into `local`: half-written files of the watched folders are there.
  const write = async (file: string, text: string): Promise<void> =>
    replaceFile({ path: file, text, temporaryDirectory: await within('local') });
  // Nx's daemon works the graph out again for a file that is merely touched.
  const update = async (file: string, text: string): Promise<void> => {
    if ((await readFileIfPresent(file)) !== text) await write(file, text);
  };
  return {
    listProjects: async () => listProjects(await within('issues')),
    readManifest: async (project) => {
      if (!isIssueProject(project)) return null;
      const file = await manifest(project);
      const read = await readJson(file, manifestSchema);
      if (read !== null && read.project !== project) throw invalid(file, `is of "${read.project}", and lies in the folder of "${project}"`);
      return read;
    },
    readSpec: async (project) => (isIssueProject(project) ? readFileIfPresent(await spec(project)) : null),
    writeIssue: async (project, value, text) => {
      const file = await manifest(project);
      const json = formatJson(file, value, manifestSchema);
      await update(await spec(project), text);
      await update(file, json);
    },
    readLocal: async (project) => (isIssueProject(project) ? readJson(await local(project), localStateSchema) : null),
    writeLocal: async (project, value) => {
      const file = await local(project);
      await write(file, formatJson(file, value, localStateSchema));
    },
    removeIssue: async (project) => {
      // The manifest goes last: as long as it is there, the issue is found and can be removed again.
      await rm(await within('out', requireProjectName(project)), { recursive: true, force: true });
      await rm(await local(project), { force: true });
      await rm(await within('local', 'logs', `${project}.log`), { force: true });
      await rm(await spec(project), { force: true });
      await rm(await issue(project), { recursive: true, force: true });
    },
  };
}

async function listProjects(directory: string): Promise<readonly string[]> {
  const names: readonly string[] = await namesIn(directory);
  const projects: string[] = [];
  for (const name of names.toSorted()) {
    if (isIssueProject(name) && (await pathExists(path.join(directory, name, 'issue.json')))) projects.push(name);
  }
  return projects;
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | null> {
  const text = await readFileIfPresent(file).catch((error: unknown) => {
    throw invalid(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  });
  if (text === null) {
    return null;
  }
  const value = parseJson(text);
  if (value === undefined) throw invalid(file, 'is not JSON');
  return parse(file, value, schema);
}

/** Keys come in the schema's order, whatever order the value has. */
function formatJson(file: string, value: unknown, schema: z.ZodType): string {
  return `${JSON.stringify(parse(file, value, schema), null, 2)}\n`;
}

function parse<Schema extends z.ZodType>(file: string, value: unknown, schema: Schema): z.output<Schema> {
  const { data, error } = schema.safeParse(value);
  if (error) {
    const [issue] = error.issues;
    const place = issue?.path.length ? ` at "${printableLine(issue.path.join('.'))}"` : '';
    throw invalid(file, `is not valid${place}: ${printableLine(issue?.message ?? '')}`);
  }
  return data;
}

/** Made again it has the worktree and the branch that are there. */
function invalid(file: string, fault: string, cause?: unknown): UserError {
  const id = /issue-([a-z0-9-]+)(?:\.json|[\\/]issue\.json)$/.exec(file)?.[1] ?? '<issue>';
  return new UserError(`"${file}" ${fault}. Restore it; or delete it and run: nx g worktree --issue=${id}`, { cause });
}
