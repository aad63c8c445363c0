import { isCi } from '../environment/is-ci.js';
import { UserError } from '../errors/user-error.js';
import type { RepositoryWatch, SnapshotRequest } from '../git/git.js';
import { readManifests } from '../manifest/read-manifests.js';
import { printableLine } from '../text/printable.js';
import { keepBackup } from '../branch/keep-work.js';
import { compareWorktree, worktreeState } from './reader-worktree.js';
import type { StageContext, StageIssue } from './stage-context.js';
import type { AgentStageSettings } from './stage-settings.js';

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
