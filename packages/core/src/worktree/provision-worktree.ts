import { commandText, commandWords } from '../check/command-words.js';
import type { Database, DatabaseBranch } from '../database/database.js';
import { writeManagedBlock } from '../environment/managed-block.js';
import { UserError } from '../errors/user-error.js';
import type { Git, RepositoryLocation } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { Allocation } from '../host/registry.js';
import type { LocalState } from '../manifest/local-state.js';
import type { CommandLine, Settings } from '../settings/settings.js';
import { printable, printableLine } from '../text/printable.js';
import { createRedactor, secretsOf } from '../text/redact.js';
import { adoptOrCreateBranch } from './adopt-branch.js';
import { claimWorktree, findAllocation } from './claim.js';
import type { WorktreePlan } from './plan-worktree.js';
import { portsByVariable } from './port-block.js';
import { undoProvisioning, type UndoRequest } from './undo-provisioning.js';
import { worktreeEnvironment } from './worktree-environment.js';

export interface ProvisionAdapters {
  readonly git: Git;
  readonly host: Host;
  readonly database: Database;
}

export interface ProvisionRequest {
  readonly plan: WorktreePlan;
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  /** One line per step. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ProvisionedWorktree {
  readonly local: LocalState;
  readonly durationMs: number;
  /** False when it was there already. */
  readonly created: boolean;
}

/**
 * Makes an issue's worktree: claim, branch, checkout, dependencies beside database, env file, setup commands, smoke check.
 * Each step finds what an earlier, interrupted call left. A failure undoes what this call made.
 * @throws UserError
 */
export async function provisionWorktree(request: ProvisionRequest, adapters: ProvisionAdapters): Promise<ProvisionedWorktree> {
  const { plan, location, settings, onProgress } = request;
  const { git, host } = adapters;
  const startedAt = host.now().getTime();
  const { manifest } = plan;
  await requireFreePlace(plan, location, adapters);
  const branch = await adoptOrCreateBranch(plan, location, adapters);
  const claim = await claimWorktree(
    {
      repository: location.commonDirectory,
      project: manifest.project,
      branch: manifest.branch,
      worktree: plan.worktree,
      ownsBranch: branch.owned,
      reservedPorts: settings.ports.reserved,
      onProgress,
    },
    host,
  );
  const { allocation } = claim;
  const wasReady = claim.wasReady && (await host.pathExists(allocation.worktree));
  const isNew = (await host.state.readLocal(manifest.project)) === null;
  try {
    if (!wasReady) {
      await setState('creating', allocation, host);
      await host.endStrays(allocation.worktree);
      if (branch.missing) await git.createBranch(manifest.branch, manifest.base);
      onProgress(`checking out ${manifest.branch}`);
      await git.addWorktree(allocation.worktree, manifest.branch);
      await git.checkoutWorktree(allocation.worktree);
    }
    const local = await equipWorktree({ ...request, worktree: allocation.worktree, firstPort: allocation.firstPort, wasReady }, adapters);
    await host.state.writeLocal(manifest.project, local);
    await setState('ready', allocation, host);
    return { local, durationMs: host.now().getTime() - startedAt, created: !wasReady };
  } catch (error) {
    if (isNew && request.signal?.aborted !== true) {
      onProgress('failed: undoing');
      await undoAfter(error, { plan, allocation, location }, adapters);
    }
    throw error;
  }
}

async function undoAfter(error: unknown, request: UndoRequest, adapters: ProvisionAdapters): Promise<void> {
  try {
    await undoProvisioning(request, adapters);
  } catch (undoError) {
    const message = 'Undoing it failed too; the same command run again goes on from there.';
    const cause = new AggregateError([error, undoError], message);
    throw error instanceof UserError ? new UserError(`${error.message}\n${message}`, { cause }) : cause;
  }
}

async function setState(state: Allocation['state'], { repository, project }: Allocation, host: Host): Promise<void> {
  await host.registry.update((current) => ({
    allocations: current.map((other) => (other.repository === repository && other.project === project ? { ...other, state } : other)),
    result: undefined,
  }));
}

/** A folder that no claim of ours stands for is someone's: a failure must never undo it. */
async function requireFreePlace(
  { manifest, worktree }: WorktreePlan,
  { commonDirectory }: RepositoryLocation,
  { host }: ProvisionAdapters,
): Promise<void> {
  const { project } = manifest;
  const allocation = findAllocation(await host.registry.read(), { repository: commonDirectory, project });
  if (allocation !== undefined || !(await host.pathExists(worktree))) return;
  throw new UserError(
    `"${worktree}" exists already, and nothing here says that it is the worktree of "${project}". Move it away or remove it (git worktree remove), then run this again.`,
  );
}

interface EquipRequest extends ProvisionRequest {
  readonly worktree: string;
  readonly firstPort: number;
  readonly wasReady: boolean;
}

async function equipWorktree(request: EquipRequest, { git, host, database }: ProvisionAdapters): Promise<LocalState> {
  const { plan, location, settings, worktree, onProgress } = request;
  const ports = portsByVariable(request.firstPort, settings.ports.variables);
  const env = worktreeEnvironment(worktree, host.env, settings.worktrees.passEnv);
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  const [dependencies, branch] = await bothOrFirstError(
    host.installDependencies({ from: location.mainWorktree, to: worktree, env, onProgress, ...signal }),
    database.createBranch({ project: plan.manifest.project, mainWorktree: location.mainWorktree, worktree, onProgress }),
  );
  if (dependencies.method !== 'none') onProgress(`dependencies ${dependencies.method} (${dependencies.packageManager ?? ''})`);
  if (branch !== null) onProgress(`database ${branch.description}`);
  const values = managedVariables(plan.manifest.project, ports, branch);
  const envFile = `${worktree}/.env.local`;
  await host.writePrivateFile(envFile, writeManagedBlock(await host.readFile(envFile), values));
  await ignoreLocally('.env.local', request, { git, host });
  if (!request.wasReady) {
    const { setup, smoke } = settings.worktrees;
    for (const line of setup) await runInWorktree({ label: 'setup', line, ...request }, { ...env, ...values }, host);
    if (smoke !== undefined) await runInWorktree({ label: 'smoke check', line: smoke, ...request }, { ...env, ...values }, host);
  }
  const [dirty] = await git.dirtyPaths(worktree);
  if (dirty !== undefined)
    onProgress(`warning: "${printableLine(dirty)}" is neither committed nor ignored, and no stage will run until it is`);
  return { worktree, ports, database: branch?.description ?? null };
}

/** A base that does not ignore our file yet would make every worktree look dirty. The exclude file is this clone's own. */
async function ignoreLocally(
  file: string,
  { worktree, location }: EquipRequest,
  { git, host }: Pick<ProvisionAdapters, 'git' | 'host'>,
): Promise<void> {
  if ((await git.ignoredPaths(worktree, [file])).length > 0) return;
  const exclude = `${location.commonDirectory}/info/exclude`;
  const text = (await host.readFile(exclude)) ?? '';
  if (text.split('\n').includes(`/${file}`)) return;
  await host.writePrivateFile(exclude, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}/${file}\n`);
}

function managedVariables(project: string, ports: Readonly<Record<string, number>>, branch: DatabaseBranch | null): Record<string, string> {
  const portValues = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  return { NX_FLEET_PROJECT: project, NX_DAEMON: 'false', ...portValues, ...branch?.variables };
}

interface WorktreeCommand {
  readonly label: string;
  readonly line: CommandLine;
  readonly worktree: string;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

async function runInWorktree(command: WorktreeCommand, env: Readonly<Record<string, string>>, host: Host): Promise<void> {
  const { label, line, worktree, onProgress } = command;
  const text = commandText(line);
  onProgress(`${label}: ${text}`);
  const [file, ...args] = commandWords(line);
  const result = await host.commands.run({
    file,
    args,
    cwd: worktree,
    env,
    ...(command.signal === undefined ? {} : { signal: command.signal }),
  });
  if (result.exitCode === 0) return;
  const redact = createRedactor(secretsOf(env));
  const output = redact(printable(`${result.stdout}\n${result.stderr}`))
    .trim()
    .split('\n')
    .slice(-15)
    .join('\n');
  const how = result.ended === 'exited' ? `exit code ${result.exitCode}` : result.ended;
  throw new UserError(
    `The ${label} command "${text}" failed in the new worktree (${how}). Mend it or take it out of "worktrees", then run this again.\n${output}`,
  );
}

/** Both results; if one fails, its error, once the other has ended too: nothing goes on behind the undoing. */
async function bothOrFirstError<First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> {
  const [one, two] = await Promise.allSettled([first, second]);
  if (one.status === 'rejected') throw one.reason;
  if (two.status === 'rejected') throw two.reason;
  return [one.value, two.value];
}
