import type { Host } from '../../host/host.js';
import type { Step } from '../provisioning-steps.js';
import { envFileOf, portsOf, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';

const ENV_FILE = '.env.local';

/** Ports and database URL in the worktree's env file: their only home. */
export const environmentStep: Step = {
  name: 'environment',
  make: async (work, adapters) => {
    await adapters.host.writeEnvironment(envFileOf(work), await managedVariables(work, adapters));
    await ignoreLocally(work, adapters);
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

/** A base that does not ignore our file yet would make every worktree look dirty. The exclude file is this clone's own. */
async function ignoreLocally({ allocation, location }: WorktreeWork, { git, host }: WorktreeAdapters): Promise<void> {
  if ((await git.ignoredPaths(allocation.worktree, [ENV_FILE])).length > 0) return;
  const exclude = `${location.commonDirectory}/info/exclude`;
  const text = (await host.readFile(exclude)) ?? '';
  if (text.split('\n').includes(`/${ENV_FILE}`)) return;
  await host.writePrivateFile(exclude, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}/${ENV_FILE}\n`);
}
