import { UserError, type Manifest, type PullRequest, type Settings, type Tracker } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log } from '../../report/log.js';

type PullRequestsOf = (manifest: Manifest) => Promise<readonly PullRequest[] | null>;

/** How to ask for the pull requests of an issue's branch. A tracker that does not answer does not keep the user from removing a worktree: it is said once. */
export function pullRequestLookup({ tracker: { type } }: Settings, adapters: Adapters): PullRequestsOf | undefined {
  if (type === 'markdown') return undefined;
  let isSilent = false;
  const known = new Map<string, Promise<readonly PullRequest[] | null>>();
  const ask = async (manifest: Manifest): Promise<readonly PullRequest[] | null> => {
    if (isSilent) return null;
    try {
      return await fetchPullRequests(manifest, await adapters.tracker());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!isSilent) log.warn(`Cannot tell whether pull requests are open: ${error.message}`);
      isSilent = true;
      return null;
    }
  };
  return (manifest) => {
    const asked = known.get(manifest.project) ?? ask(manifest);
    known.set(manifest.project, asked);
    return asked;
  };
}

/** A branch that was taken from a fork's pull request has another name there: the issue itself says which one it is. */
async function fetchPullRequests({ branch, tracker: { reference } }: Manifest, tracker: Tracker): Promise<readonly PullRequest[] | null> {
  const number = Number(/^pr-([1-9]\d*)$/.exec(reference)?.[1]);
  if (Number.isNaN(number)) return (await tracker.pullRequestsOf?.(branch)) ?? null;
  const pullRequest = await tracker.fetchPullRequest?.(number);
  return pullRequest === undefined ? null : [pullRequest];
}
