import { printableLine, UserError, type Git, type Manifest } from '@nx-fleet/core';

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
