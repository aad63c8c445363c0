import type { StageContext, StageIssue } from './stage-context.js';
import type { AgentProgram, AgentStageSettings } from './stage-settings.js';
import { ENV_FILE, keepBackup } from '../branch/keep-work.js';
import { isCi } from '../environment/allowed-environment.js';
import { UserError } from '../errors/user-error.js';
import type { Git, RepositoryWatch, SnapshotRequest } from '../git/git.js';
import { readManifests } from '../manifest/manifest.js';
import { RULE_PATHS } from '../review/rules.js';
import { literalPath, steeringFiles } from '../review/steering.js';
import { printableLine } from '../text/printable.js';

export interface Reading extends SnapshotRequest {
  /** Whose worktree must stay as it is; null when no issue is read for. */
  readonly issue: StageIssue | null;
  readonly settings: Pick<AgentStageSettings, 'agent' | 'definition'>;
}

/** Where a reader works, and what it must not look into. */
export interface ReadingPlace {
  readonly cwd: string;
  /** The repository and all its worktrees: the writer's words, plan, commits and files are there. */
  readonly hidden: readonly string[];
}

/**
 * Lets a reader work in a snapshot of exactly the trees that its key names, and proves that it wrote nothing: neither there nor in the
 * issue's worktree nor in the repository. If it did, its answer is discarded and the differences are reported; what was lost is kept under
 * backup refs. Nothing is put back.
 */
export async function readInSnapshot<Result>(
  { issue, settings, ...request }: Reading,
  context: StageContext,
  read: (place: ReadingPlace) => Promise<Result>,
): Promise<Result> {
  const { git, project } = context;
  const watch = await git.watch({
    what: watched(settings, context),
    worktree: issue?.local.worktree ?? (await git.locate()).mainWorktree,
    othersBranches: othersBranches(issue, context),
  });
  const snapshot = await git.createSnapshot(request);
  try {
    const [snapshotBefore, worktreeBefore] = [await snapshot.fingerprint(), issue === null ? null : await worktreeState(issue, context)];
    const reading = await settle(read({ cwd: snapshot.directory, hidden: await hiddenPlaces(context) }));
    const changes = [
      await described(compareRepository(watch, context)),
      issue === null || worktreeBefore === null ? null : await described(compareWorktree(worktreeBefore, issue, context)),
    ].filter((change) => change !== null);
    if (!reading.succeeded) throw withChanges(reading.error, changes);
    if ((await snapshot.fingerprint()) !== snapshotBefore) {
      const more = changes.length === 0 ? ['Your files were not changed.'] : changes;
      throw new UserError([`The agent wrote to its read-only snapshot of "${project}". Its answer is discarded.`, ...more].join(' '));
    }
    if (changes.length > 0) throw new UserError([...changes, "The agent's answer is discarded."].join(' '));
    return reading.result;
  } finally {
    await snapshot.remove();
  }
}

// Each was tried with some 90 ways to write.
const FENCED: ReadonlySet<string> = new Set(['claude', 'codex']);

/**
 * Claude Code and Codex are kept from writing by their own fence, so that users may keep working in the main worktree.
 * Of other programs we know none that holds; and in CI there are no other users.
 */
function watched({ definition }: Reading['settings'], { host }: StageContext): 'setup' | 'all' {
  return isCi(host.env) || !FENCED.has(definition.type) ? 'all' : 'setup';
}

/** The branches of the other issues that are or were there while a reader worked: their own stages move them. */
function othersBranches(issue: StageIssue | null, { host }: StageContext): () => Promise<readonly string[]> {
  const seen = new Set<string>();
  const look = async (): Promise<readonly string[]> => {
    for (const { branch } of (await readManifests(host.state)).valid.values()) if (branch !== issue?.manifest.branch) seen.add(branch);
    return [...seen];
  };
  // Removing an issue in the meantime removes its branch.
  const first = look();
  return async () => {
    await first;
    return look();
  };
}

async function hiddenPlaces({ git }: StageContext): Promise<readonly string[]> {
  const [{ mainWorktree, commonDirectory }, worktrees] = await Promise.all([git.locate(), git.listWorktrees()]);
  return [...new Set([mainWorktree, commonDirectory, ...worktrees.map(({ path }) => path)])];
}

async function compareRepository(watch: RepositoryWatch, { git, host, project, onProgress }: StageContext): Promise<string | null> {
  const refs: string[] = [];
  const found = await watch.compare(async (commit) => void refs.push(await keepBackup(commit, { project, at: host.now() }, git)));
  if (found.length === 0) return null;
  for (const change of found) onProgress(`changed while an agent was reading: ${change}`);
  const kept = refs.length === 0 ? '' : `; what was there before is kept as ${refs.join(', ')}`;
  return `Changed while an agent was reading, look at it yourself: ${listed(found)}${kept}.`;
}

async function described(work: Promise<string | null>): Promise<string | null> {
  const outcome = await settle(work);
  return outcome.succeeded
    ? outcome.result
    : `Something may have changed while an agent was reading, and could not be compared: ${printableLine(String(outcome.error))}.`;
}

/** The failure of a reader that wrote says both. */
function withChanges(error: unknown, changes: readonly string[]): unknown {
  if (changes.length === 0) return error;
  const message = [error instanceof Error ? error.message : String(error), ...changes].join(' ');
  return error instanceof UserError ? new UserError(message, { cause: error }) : new Error(message, { cause: error });
}

function listed(things: readonly string[]): string {
  const shown = things.slice(0, 5).join(', ');
  return things.length > 5 ? `${shown} and ${things.length - 5} more` : shown;
}

type Settled<Result> = { readonly succeeded: true; readonly result: Result } | { readonly succeeded: false; readonly error: unknown };

async function settle<Result>(reading: Promise<Result>): Promise<Settled<Result>> {
  try {
    return { succeeded: true, result: await reading };
  } catch (error) {
    return { succeeded: false, error };
  }
}

/** The issue's worktree as a reader finds it. */
export interface WorktreeState {
  readonly branch: string | null;
  readonly tip: string | null;
  readonly dirty: readonly string[];
  readonly stashes: readonly string[];
  /** Its env file, which git ignores. */
  readonly environment: string | null;
}

async function worktreeState({ local, manifest }: StageIssue, { git, host }: StageContext): Promise<WorktreeState> {
  return {
    branch: await git.currentBranch(local.worktree),
    tip: await git.readRef(`refs/heads/${manifest.branch}`),
    dirty: await git.dirtyPaths(local.worktree),
    // Without their places: those change with every entry of others.
    stashes: (await git.stashesOn(manifest.branch)).map((entry) => entry.replace(/^stash@\{\d+\}: /, '')),
    environment: await host.readFile(environmentFile(local.worktree)),
  };
}

/** Compares the worktree with how a reader found it. @returns what is different, for the user; null when nothing is */
async function compareWorktree(before: WorktreeState, issue: StageIssue, context: StageContext): Promise<string | null> {
  const { worktree } = issue.local;
  const now = await worktreeState(issue, context);
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  return [
    `"${worktree}" changed while an agent was reading: ${differences(before, now).join(', ')}.`,
    ...(await keepLost({ before, now }, context)),
    `Look at git -C "${worktree}" status, undo what is not yours, then run this again.`,
  ].join(' ');
}

function differences(before: WorktreeState, now: WorktreeState): readonly string[] {
  return [
    ...(now.branch === before.branch ? [] : ['its branch']),
    ...(now.tip === before.tip ? [] : ['its commits']),
    ...(JSON.stringify(now.dirty) === JSON.stringify(before.dirty) ? [] : ['its files']),
    ...(JSON.stringify(now.stashes) === JSON.stringify(before.stashes) ? [] : ['its stash entries']),
    ...(now.environment === before.environment ? [] : ['its .env.local']),
  ];
}

interface States {
  readonly before: WorktreeState;
  readonly now: WorktreeState;
}

/** The env file goes into a file that its owner alone may read: env files hold secrets, which are nothing for git. */
async function keepLost({ before, now }: States, { git, host, project }: StageContext): Promise<readonly string[]> {
  const kept: string[] = [];
  if (before.tip !== null && before.tip !== now.tip) kept.push(await keepBackup(before.tip, { project, at: host.now() }, git));
  if (before.environment !== null && before.environment !== now.environment) {
    const time = host.now().toISOString().replace(/[-:]/g, '');
    const file = `${(await git.locate()).mainWorktree}/.nx-fleet/local/kept/${project}-${time}.env.local`;
    await host.writePrivateFile(file, before.environment);
    kept.push(`"${file}"`);
  }
  return kept.length === 0 ? [] : [`What was there before is kept as ${kept.join(', ')}.`];
}

function environmentFile(worktree: string): string {
  return `${worktree}/${ENV_FILE}`;
}

/**
 * Pathspecs of all that steers who judges a change: rules, what these lead to, and files of the agent's own program, which it finds by their paths in
 * the folder that it works in. A judge gets them as they are at the base.
 */
export async function pathsFromBase(
  baseTree: string,
  { definition }: Pick<AgentStageSettings, 'definition'>,
  git: Pick<Git, 'listFiles' | 'readFile' | 'readLink'>,
): Promise<readonly string[]> {
  const reached = await steeringFiles(baseTree, await git.listFiles(baseTree), git);
  const { globs, paths } = programFiles(definition);
  return [
    ...RULE_PATHS,
    ...reached.map(({ path }) => literalPath(path)),
    ...globs.map((glob) => `:(glob)${glob}`),
    ...paths.map(literalPath),
  ];
}

/** Files of the repository that are an agent's program: those that it names, and those in the words of its command. */
export function programFiles(definition: AgentProgram): { readonly globs: readonly string[]; readonly paths: readonly string[] } {
  if (definition.type !== 'command') return { globs: [], paths: pathsIn(definition.command) };
  const { files, command, args, writeArgs, readOnlyArgs } = definition;
  return { globs: files, paths: [command, ...args, ...writeArgs, ...readOnlyArgs].flatMap(pathsIn) };
}

/** The path in a word of a command: `./tools/agent.mjs`, `--rules=tools/rules.md`. */
function pathsIn(word: string): readonly string[] {
  const path = word.replace(/^-[^=]*=/, '').replace(/^(?:\.\/)+/, '');
  return /^[^\s/{-][^{]*[^/{]$/.test(path) && /[/.]/.test(path) && !path.split('/').includes('..') ? [path] : [];
}
