import type { Database, DatabaseBranch, DatabaseBranchRequest } from '@nx-fleet/core';
import type { DatabaseContext } from '../create-database.js';
import { generationName, isBranchOf, lastingName, readName } from './command-name.js';
import { requireVariables } from './printed-variables.js';
import { runProgram, type CommandSettings, type ProgramRun, type Programs } from './run-program.js';

/**
 * Branches that programs of the team make.
 *
 * With `list`, `{name}` ends with the generation: a worktree that is made again gets a fresh copy, what an earlier one has left is removed
 * first, and orphans are found. Without `list` there is no way to look: `{name}` is the same for every generation, so `create` may find
 * what a failed removal has left, and only a reset replaces that. A project whose name had to be shortened is never listed as an orphan.
 */
export function createCommandDatabase(settings: CommandSettings, context: DatabaseContext): Database {
  const programs = { settings, context };
  return {
    type: 'command',
    // Names that had to be shortened are not read back.
    listsAll: false,
    variables: settings.variables,
    createBranch: async (request) => {
      await removeLeftovers(programs, request);
      return createBranch(programs, request);
    },
    resetBranch: async (request) => {
      await removeLeftovers(programs, request);
      if (settings.reset === undefined || (await isMissing(programs, request))) {
        await removeBranch(programs, request, nameOf(settings, request));
        return createBranch(programs, request);
      }
      return makeBranch(programs, request, { verb: 'reset', line: settings.reset });
    },
    removeBranch: async (request) => {
      const { onlyGeneration: generation } = request;
      const own = settings.list === undefined ? [lastingName(request)] : await listOwn(programs, request);
      const names = generation === undefined ? own : own.filter((name) => name === nameOf(settings, { ...request, generation }));
      for (const name of names) {
        await removeBranch(programs, request, name);
      }
    },
    listBranches: async (owner) => {
      const names = await listNames(programs, { ...owner, onProgress: () => {} });
      return names.map((name) => readName(name, owner)).filter((branch) => branch !== null);
    },
    refreshSource: async () => null,
  };
}

type Removal = Omit<DatabaseBranchRequest, 'generation'>;

function nameOf({ list }: CommandSettings, request: DatabaseBranchRequest): string {
  return list === undefined ? lastingName(request) : generationName(request);
}

function createBranch(programs: Programs, request: DatabaseBranchRequest): Promise<DatabaseBranch> {
  return makeBranch(programs, request, { verb: 'create', line: programs.settings.create });
}

async function makeBranch(
  programs: Programs,
  request: DatabaseBranchRequest,
  program: Pick<ProgramRun, 'verb' | 'line'>,
): Promise<DatabaseBranch> {
  const name = nameOf(programs.settings, request);
  const stdout = await runProgram(programs, { ...program, values: { name, project: request.project }, request });
  return { description: `command ${name}`, variables: requireVariables(programs.settings.variables, stdout) };
}

async function removeBranch(programs: Programs, request: Removal, name: string): Promise<void> {
  const values = { name, project: request.project };
  await runProgram(programs, { verb: 'remove', line: programs.settings.remove, values, request });
}

/** Removes the project's branches of other generations. */
async function removeLeftovers(programs: Programs, request: DatabaseBranchRequest): Promise<void> {
  for (const name of await listOwn(programs, request)) {
    if (name !== nameOf(programs.settings, request)) {
      await removeBranch(programs, request, name);
    }
  }
}

async function isMissing(programs: Programs, request: DatabaseBranchRequest): Promise<boolean> {
  return programs.settings.list !== undefined && !(await listOwn(programs, request)).includes(nameOf(programs.settings, request));
}

async function listOwn(programs: Programs, request: Removal): Promise<readonly string[]> {
  return (await listNames(programs, request)).filter((name) => isBranchOf(name, request));
}

async function listNames(programs: Programs, request: ProgramRun['request']): Promise<readonly string[]> {
  const { list } = programs.settings;
  if (list === undefined) {
    return [];
  }
  const stdout = await runProgram(programs, { verb: 'list', line: list, values: {}, request });
  return stdout.split(/\r?\n/).map((line) => line.trim());
}
