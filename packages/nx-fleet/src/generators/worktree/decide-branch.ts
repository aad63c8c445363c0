import { type Git, type Manifest, printableLine, type PullRequest, UserError } from '@nx-fleet/core';

export interface BranchQuestion {
  /** What the user asked for. */
  readonly branch: string | undefined;
  /** The commit that new issues start from. */
  readonly base: string;
  /** True when the user named it. */
  readonly isBaseGiven: boolean;
  readonly pullRequest: PullRequest | undefined;
  readonly existing: Manifest | undefined;
  /** The checkout to be used as it is, if one is. */
  readonly here: string | undefined;
}

export interface BranchAnswer {
  readonly branch: string | undefined;
  readonly base: string;
  /** The tip of a branch with someone's work on it. */
  readonly adopts: string | undefined;
}

/** Which branch an issue gets, and whether it is one that holds someone's work already. Fetches, and changes no branch. @throws UserError */
export async function decideBranch(question: BranchQuestion, git: Git): Promise<BranchAnswer> {
  if (question.pullRequest !== undefined) return branchOfPullRequest(question.pullRequest, question, git);
  const { existing } = question;
  // Its first command may have been killed before the branch was here.
  if (existing?.adopted === true)
    return { branch: question.branch, base: question.base, adopts: (await tipOf(existing.branch, git)) ?? undefined };
  const branch = question.here === undefined ? question.branch : await currentBranch(question.here, question.branch, git);
  const isNamed = question.branch !== undefined;
  const tip = branch === undefined ? null : await tipOf(branch, git);
  if (tip === null || existing !== undefined) return { branch, base: question.base, adopts: undefined };
  const base = question.isBaseGiven ? question.base : ((await git.mergeBase(question.base, tip)) ?? question.base);
  return { branch, base, adopts: isNamed && tip !== base ? tip : undefined };
}

async function branchOfPullRequest(pullRequest: PullRequest, { existing, ...question }: BranchQuestion, git: Git): Promise<BranchAnswer> {
  const { number, branch: name, isFork, ref, baseBranch } = pullRequest;
  const head = await git.fetchFromOrigin(ref);
  const branch = existing?.branch ?? (isFork ? `pr-${number}/${name}` : name);
  const base = question.isBaseGiven ? question.base : await git.mergeBase(await git.fetchFromOrigin(`refs/heads/${baseBranch}`), head);
  if (base === null) throw new UserError(`Pull request ${number} has no commit in common with "${printableLine(baseBranch)}".`);
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (existing !== undefined || tip === null || (await git.isAncestor(head, tip))) return { branch, base, adopts: tip ?? head };
  throw new UserError(
    `Branch "${printableLine(branch)}" lacks the head of pull request ${number} (${head.slice(0, 8)}). Update it, or rename it: git branch -m ${printableLine(branch)} mine`,
  );
}

async function currentBranch(checkout: string, wanted: string | undefined, git: Git): Promise<string> {
  const branch = await git.currentBranch(checkout);
  if (branch === null) {
    throw new UserError(`"${checkout}" is on a detached HEAD. Check out the issue's branch first: git switch <branch>`);
  }
  if (wanted === undefined || wanted === branch) return branch;
  throw new UserError(`"${checkout}" is on "${branch}", not on "${printableLine(wanted)}". Switch to it first, or leave --branch out.`);
}

/** Where a branch stands here, else at origin. */
async function tipOf(branch: string, git: Git): Promise<string | null> {
  if (!(await git.isBranchName(branch))) return null;
  return (await git.readRef(`refs/heads/${branch}`)) ?? git.readRef(`refs/remotes/origin/${branch}`);
}

export interface BaseRequest {
  /** What the user asked for. */
  readonly base: string | undefined;
  /** `defaultBase` of nx.json: what the workspace says its main branch is, for when git does not know. */
  readonly defaultBase: string | undefined;
  /** Issues that are there: their branches are never the default branch. */
  readonly manifests: readonly Manifest[];
}

/** The commit to start from: the given one, else the default branch, of origin where there is one; never a guess. @throws UserError */
export async function resolveBase({ base, defaultBase, manifests }: BaseRequest, git: Git): Promise<string> {
  if (base !== undefined) {
    const commit = await git.resolveCommit(base);
    if (commit !== null) return commit;
    throw new UserError(`"${printableLine(base)}" is not a commit, branch or tag here. Name one that exists, or fetch it first.`);
  }
  if ((await git.resolveCommit('HEAD')) === null) throw new UserError('The repository has no commit yet. Make a first commit.');
  const known = await git.defaultBranch(manifests.map(({ branch }) => branch));
  const said = defaultBase === undefined ? [] : [`origin/${defaultBase}`, defaultBase];
  for (const candidate of known === null ? said : [known]) {
    const commit = await git.resolveCommit(candidate);
    if (commit !== null) return commit;
  }
  throw new UserError(
    'The default branch is unknown. Say where to start: --base=main; or for always: git remote set-head origin --auto, or "defaultBase" in nx.json',
  );
}
