import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { localStateSchema, manifestSchema, parseJson, printableLine, type StateStore, UserError } from '@nx-fleet/core';
import { replaceFile } from './private-file.js';
import { nullIfAbsent, pathExists, readFileIfPresent } from './read-file.js';
import { isIssueProject, requireProjectName, stateDirectory } from './state-directory.js';

/** The state under `.nx-fleet/` of the main worktree, as files. @param findMainWorktree called by each method */
export function createStateStore(findMainWorktree: () => Promise<string>): StateStore {
  const within = async (...names: readonly string[]): Promise<string> => path.join(stateDirectory(await findMainWorktree()), ...names);
  const issue = (project: string): Promise<string> => within('issues', requireProjectName(project));
  const manifest = (project: string): Promise<string> => within('issues', requireProjectName(project), 'issue.json');
  const spec = (project: string): Promise<string> => within('issues', requireProjectName(project), 'spec.md');
  const local = (project: string): Promise<string> => within('local', `${requireProjectName(project)}.json`);
  // Nx does not look into `local`: half-written files of the watched folders stand there.
  const write = async (file: string, text: string): Promise<void> =>
    replaceFile({ path: file, text, temporaryDirectory: await within('local') });
  // Nx's daemon works the graph out again for a file that is merely touched.
  const update = async (file: string, text: string): Promise<void> => {
    if ((await readFileIfPresent(file)) !== text) await write(file, text);
  };
  return {
    listProjects: async () => listProjects(await within('issues')),
    readManifest: async (project) => (isIssueProject(project) ? readJson(await manifest(project), manifestSchema) : null),
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
      await rm(await spec(project), { force: true });
      await rm(await issue(project), { recursive: true, force: true });
    },
  };
}

async function listProjects(directory: string): Promise<readonly string[]> {
  const names: readonly string[] = await readdir(directory).catch((error: unknown) => nullIfAbsent(error) ?? []);
  const projects: string[] = [];
  for (const name of names.toSorted()) {
    if (await pathExists(path.join(directory, name, 'issue.json'))) {
      projects.push(requireProjectName(name));
    }
  }
  return projects;
}

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | null> {
  const text = await readFileIfPresent(file);
  if (text === null) {
    return null;
  }
  const value = parseJson(text);
  if (value === undefined) throw new UserError(`"${file}" is not JSON. Restore the file, or remove the issue and create it again.`);
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
    throw new UserError(
      `"${file}" is not valid${place}: ${printableLine(issue?.message ?? '')}. Restore the file, or remove the issue and create it again.`,
    );
  }
  return data;
}
