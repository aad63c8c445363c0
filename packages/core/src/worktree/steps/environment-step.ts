import type { Host } from '../../host/host.js';
import type { Step } from '../provisioning-steps.js';
import { excludeLocally } from '../exclude-locally.js';
import { ENV_FILE } from '../../stages/keep-work.js';
import { envFileOf, portsOf, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';

/** Ports and database URL in the worktree's env file: their only home. */
export const environmentStep: Step = {
  name: 'environment',
  make: async (work, adapters) => {
    await adapters.host.writeEnvironment(envFileOf(work), await managedVariables(work, adapters));
    // A base that does not ignore the file yet would make every worktree look dirty.
    const { location, allocation } = work;
    await excludeLocally({ location, worktree: allocation.worktree, path: ENV_FILE, pattern: `/${ENV_FILE}` }, adapters);
  },
  undo: async (work, { host }) => {
    if (work.here) await host.writeEnvironment(envFileOf(work), {});
  },
};

/** Everything that our block of the env file sets. */
export async function managedVariables(work: WorktreeWork, { host, database }: WorktreeAdapters): Promise<Record<string, string>> {
  const ports = Object.fromEntries(Object.entries(portsOf(work)).map(([name, port]) => [name, String(port)]));
  const variables = work.found.database?.variables ?? (await absentDatabase(work, { host, names: database.variables }));
  return { NX_FLEET_PROJECT: work.manifest.project, NX_DAEMON: 'false', ...ports, ...variables };
}

/** Empty, so that no program falls back to the team's own database; but a worktree that had its branch keeps the way to it. */
async function absentDatabase(
  work: WorktreeWork,
  { host, names }: { readonly host: Host; readonly names: readonly string[] },
): Promise<Record<string, string>> {
  const present = work.wasReady ? await host.readEnvironment(envFileOf(work)) : {};
  return Object.fromEntries(names.map((name) => [name, present[name] ?? '']));
}
