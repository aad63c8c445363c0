import { UserError } from '../errors/user-error.js';
import { type Issue, issueBranch, issueId, issueProject, renderSpec } from '../issue/issue.js';
import { type Manifest, MANIFEST_VERSION } from '../manifest/manifest.js';
import { printableLine } from '../text/printable.js';

export interface WorktreeRequest {
  readonly issue: Issue;
  /** Where the issue comes from, and how it is named there: what `nx g worktree --issue=` takes. */
  readonly tracker: { readonly type: string; readonly reference: string };
  /** The commit to start from. */
  readonly base: string;
  /** Its files. */
  readonly baseTree?: string | undefined;
  /** @default derived from id and title */
  readonly branch?: string | undefined;
  /** Projects that this one waits for. */
  readonly blockedBy: readonly string[];
  /** Absolute path of the folder that holds the linked worktrees. */
  readonly worktreesDirectory: string;
  /** The manifest that is there already: what it fixes stays fixed. */
  readonly existing: Manifest | null;
  /** The tip of a branch with someone's work on it, which is to be checked and reviewed as it is. @default the branch starts at the base */
  readonly adopts?: string | undefined;
  /** A checkout that was there before us, to be used as it is; absolute path. @default a worktree of its own */
  readonly here?: string | undefined;
  /** Whether everything is to be planned, built and reviewed again. */
  readonly again: boolean;
  /** Whether the branch of an issue that is there already is to be taken as it is. @default false */
  readonly adopt?: boolean;
}

/** All that a worktree will be, before anything is done. */
export interface WorktreePlan {
  readonly manifest: Manifest;
  readonly spec: string;
  /** Where the branch is made if it is not there. */
  readonly branchStart: string;
  /** Absolute path. */
  readonly worktree: string;
  /** True when that is a checkout that was there before us. */
  readonly here: boolean;
}

/** Plans an issue's worktree. A second plan for the same issue takes a new text and new blockers, but never another base or branch. @throws UserError when another issue has that project */
export function planWorktree(request: WorktreeRequest): WorktreePlan {
  const { issue, existing } = request;
  const id = issueId(issue.reference);
  const project = issueProject(id);
  if (existing !== null && existing.tracker.reference !== request.tracker.reference) {
    throw new UserError(
      `"${printableLine(request.tracker.reference)}" and "${printableLine(existing.tracker.reference)}" would both be "${project}". Rename one of them, or remove the other's worktree first.`,
    );
  }
  if (existing !== null && request.branch !== undefined && request.branch !== existing.branch) {
    throw new UserError(
      `"${project}" is on "${existing.branch}" already, and --branch="${printableLine(request.branch)}" is another. Leave it out, or remove its worktree first.`,
    );
  }
  const title = printableLine(issue.title) || project;
  return {
    manifest: {
      version: MANIFEST_VERSION,
      project,
      title,
      branch: existing?.branch ?? request.branch ?? issueBranch(id, title),
      base: existing?.base ?? request.base,
      ...treeOfBase(request),
      ...(isAdopted(request) ? { adopted: true } : {}),
      round: (existing?.round ?? 1) + (existing !== null && request.again ? 1 : 0),
      blockedBy: [...new Set(request.blockedBy)].filter((blocker) => blocker !== project).sort(),
      tracker: { ...request.tracker, url: issue.url },
    },
    spec: renderSpec(issue),
    branchStart: request.adopts ?? existing?.base ?? request.base,
    worktree: request.here ?? `${request.worktreesDirectory}/${project}`,
    here: request.here !== undefined,
  };
}

function isAdopted({ existing, adopts, adopt }: WorktreeRequest): boolean {
  return existing === null ? adopts !== undefined : existing.adopted === true || adopt === true;
}

/** An older manifest continues without it: its keys would be others. */
function treeOfBase({ existing, baseTree }: WorktreeRequest): Pick<Manifest, 'baseTree'> {
  const tree = existing === null ? baseTree : existing.baseTree;
  return tree === undefined ? {} : { baseTree: tree };
}

/**
 * Refuses issues that wait for each other.
 * @param blockedBy blockers by project, over all issues of the fleet
 * @throws UserError that names the circle
 */
export function assertAcyclic(blockedBy: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (project: string, path: readonly string[]): void => {
    if (path.includes(project)) {
      const circle = [...path.slice(path.indexOf(project)), project].map((name) => `"${name}"`).join(' waits for ');
      throw new UserError(`${circle}: nothing could start. Take one of them out of --after or of the tracker's blockers.`);
    }
    if (done.has(project)) return;
    for (const blocker of blockedBy.get(project) ?? []) visit(blocker, [...path, project]);
    done.add(project);
  };
  for (const project of blockedBy.keys()) visit(project, []);
}
