import { committedEnvFiles, describeSharedDatabase } from './committed-databases.js';
import { includedEnvFiles } from './files-step.js';
import { ENV_FILE } from '../../branch/keep-work.js';
import type { Host } from '../../host/host.js';
import type { Step } from '../provisioning-steps.js';
import { branchVariables, type BranchVariables, socketVariables } from '../worktree-environment.js';
import { worktreeEnvFile, excludeLocally, listWorktreePorts, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';

/** Ports and database URL in the worktree's env file; and in those that teams bring along or commit, whose readers do not know ours. */
export const environmentStep: Step = {
  name: 'environment',
  make: async (work, adapters) => {
    const { host } = adapters;
    const { worktree } = work.allocation;
    const branch = await branchOf(work, adapters);
    const variables = await managedVariables(work, adapters);
    const committed = await committedEnvFiles(worktree, adapters);
    const blocks = new Map<string, Record<string, string>>([[ENV_FILE, variables]]);
    for (const { names, sibling, isSiblingCommitted } of committed) {
      if (sibling === null || isSiblingCommitted) continue;
      const own = names.flatMap((name) => valuesOf(name, branch));
      if (own.length > 0) blocks.set(sibling, { ...blocks.get(sibling), ...Object.fromEntries(own) });
    }
    for (const [file, values] of blocks) {
      await host.writeEnvironment(`${worktree}/${file}`, values);
      // A base that does not ignore the file yet would make every worktree look dirty.
      await excludeLocally({ location: work.location, worktree, path: file, pattern: `/${file}` }, adapters);
    }
    for (const file of await includedEnvFiles(work, adapters)) {
      const present = Object.keys(await host.readVariables(`${worktree}/${file}`));
      const own = present.flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name] ?? '']] : valuesOf(name, branch)));
      await host.fillEnvironment(`${worktree}/${file}`, Object.fromEntries(own) as Record<string, string>);
    }
    const shared = await describeSharedDatabase({ worktree, committed, branch, settings: work.settings.database }, adapters);
    if (shared === null) return;
    work.found.databaseFailure ??= shared;
    work.onProgress(`warning: ${shared}`);
  },
  undo: async (work, { host }) => {
    if (work.here) await host.writeEnvironment(worktreeEnvFile(work), {});
  },
};

/** Everything that our block of the env file sets. */
export async function managedVariables(work: WorktreeWork, adapters: WorktreeAdapters): Promise<Record<string, string>> {
  const { allocation, manifest } = work;
  const ports = Object.fromEntries(Object.entries(listWorktreePorts(work)).map(([name, port]) => [name, String(port)]));
  const branch = await branchOf(work, adapters);
  // Who starts us with a database in parts has programs that read them.
  const parts = Object.keys(adapters.host.env).flatMap((name) => valuesOf(name, branch));
  const number = allocation.number === undefined ? {} : { NX_FLEET_NUMBER: String(allocation.number) };
  const own = {
    NX_FLEET_PROJECT: manifest.project,
    ...number,
    NX_DAEMON: 'false',
    ...socketVariables(allocation.worktree, adapters.host.env),
  };
  return { ...own, ...Object.fromEntries(parts), ...ports, ...branch.named };
}

function valuesOf(name: string, branch: BranchVariables): [string, string][] {
  const value = branch.valueOf(name);
  return value === null ? [] : [[name, value]];
}

async function branchOf(work: WorktreeWork, { host, database }: WorktreeAdapters): Promise<BranchVariables> {
  const variables = work.found.database?.variables ?? (await absentDatabase(work, { host, names: database.variables }));
  return branchVariables(work.settings.database, variables);
}

/** Empty, so that no program falls back to the team's own database; but a worktree that had its branch keeps the way to it. */
async function absentDatabase(
  work: WorktreeWork,
  { host, names }: { readonly host: Host; readonly names: readonly string[] },
): Promise<Record<string, string>> {
  const present = work.wasReady ? await host.readEnvironment(worktreeEnvFile(work)) : {};
  return Object.fromEntries(names.map((name) => [name, present[name] ?? '']));
}
