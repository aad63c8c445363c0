import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { registryState } from '../workspace/fleet-state.js';
import { mainWorktreeState, repositoryFaults } from '../workspace/main-worktree-state.js';
import { processesLeft } from '../workspace/processes.js';
import { worktreeFaults } from '../workspace/worktree-faults.js';
import type { Workspace } from '../workspace/workspace.js';
import type { People } from './people.js';

const QUIET_MS = 60_000;

export interface FleetQuestion {
  readonly workspace: Workspace;
  readonly people: People;
  /** How the main worktree was before the commands. */
  readonly main: object;
  readonly maxSpares: number;
  /** Whether a doctor has just been there: then nothing may be left over. */
  readonly isRepaired: boolean;
}

/** Everything that does not fit together, in words, once nothing of ours runs any more. */
export async function fleetFaults(question: FleetQuestion): Promise<readonly string[]> {
  const { workspace, people, main } = question;
  const left = await processesLeft(workspace.folder, QUIET_MS);
  const { allocations } = registryState(workspace);
  const faults: (string | readonly string[])[] = [left.map((line) => `process ${line} is left`)];
  for (const claim of allocations) faults.push(await worktreeFaults(claim, workspace, people.drafts(claim.project)));
  faults.push(
    repeated(
      'port block',
      allocations.map(({ firstPort }) => String(firstPort)),
    ),
  );
  faults.push(
    repeated(
      'branch',
      allocations.map(({ branch }) => branch),
    ),
  );
  faults.push(await people.lostWork());
  const objects = await repositoryFaults(workspace);
  if (objects !== '') faults.push(`git fsck: ${objects}`);
  if (JSON.stringify(await mainWorktreeState(workspace)) !== JSON.stringify(main)) faults.push('the main worktree is not as it was');
  faults.push(stateFaults(workspace), gitLocks(workspace), await branchFaults(workspace));
  if (question.isRepaired) faults.push(await leftovers(question));
  return faults.flat();
}

function repeated(what: string, values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index).map((value) => `${what} ${value} is given twice`);
}

/** Manifests and records stand for claims, one for one. */
function stateFaults(workspace: Workspace): readonly string[] {
  const claimed = registryState(workspace).allocations.map(({ project }) => project);
  const manifests = namesIn(join(workspace.root, '.nx-fleet/issues'));
  const records = namesIn(join(workspace.root, '.nx-fleet/local')).filter((name) => /^issue-\d+\.json$/.test(name));
  return [
    ...difference(manifests, claimed).map((project) => `${project} has a manifest and no claim`),
    ...difference(claimed, manifests).map((project) => `${project} has a claim and no manifest`),
    ...difference(
      records.map((name) => basename(name, '.json')),
      claimed,
    ).map((project) => `${project} has a record and no claim`),
  ];
}

/** Branches of ours without a claim. */
async function branchFaults(workspace: Workspace): Promise<readonly string[]> {
  const branches = (await workspace.git('branch', '--list', 'issue/*', '--format=%(refname:short)')).split('\n').filter(Boolean);
  const claimed = registryState(workspace).allocations.map(({ branch }) => branch);
  return difference(branches, claimed).map((branch) => `branch ${branch} is left over`);
}

/** Lock files of git that no process holds any more; the lease of a dead process is taken over by the next. */
function gitLocks({ root }: Workspace): readonly string[] {
  const names = readdirSync(join(root, '.git'), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.lock')).map((name) => `git's lock ${name} is left`);
}

/** Folders, registrations and spares that nothing stands for. */
async function leftovers({ workspace, maxSpares }: FleetQuestion): Promise<readonly string[]> {
  const { allocations, spares } = registryState(workspace);
  const known = [...allocations, ...spares].map(({ worktree }) => worktree);
  const directory = join(workspace.parent, 'shop.worktrees');
  const folders = namesIn(directory).map((name) => join(directory, name));
  const registered = (await workspace.git('worktree', 'list', '--porcelain'))
    .split('\n')
    .flatMap((line) => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []))
    .filter((path) => path !== workspace.root);
  const unsettled = spares.filter(({ state }) => state !== 'ready').map(({ worktree }) => `spare "${worktree}" is half-made`);
  const building = (await workspace.git('for-each-ref', '--format=%(refname)', 'refs/nx-fleet')).split('\n').filter(Boolean);
  return [
    ...difference(folders, known).map((path) => `folder "${path}" is left over`),
    ...difference(registered, known).map((path) => `git has "${path}" registered, and nothing uses it`),
    ...difference(known, registered).map((path) => `git knows nothing of "${path}"`),
    ...unsettled,
    ...(spares.length > maxSpares ? [`there are ${spares.length} spares, more than ${maxSpares}`] : []),
    ...building.filter((ref) => !ref.startsWith('refs/nx-fleet/backup/')).map((ref) => `ref ${ref} is left over`),
    ...namesIn(dirname(directory)).filter((name) => !['shop', 'shop.worktrees'].includes(name)),
  ];
}

function difference(these: readonly string[], those: readonly string[]): readonly string[] {
  return these.filter((one) => !those.includes(one));
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
