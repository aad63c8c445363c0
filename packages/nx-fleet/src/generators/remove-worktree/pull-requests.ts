import { logger } from '@nx/devkit';
import { UserError, type PullRequest, type Settings } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';

type PullRequestsOf = (branch: string) => Promise<readonly PullRequest[] | null>;

/** How to ask for a branch's pull requests. A tracker that does not answer keeps nobody from removing a worktree: it is said once. */
export function pullRequestLookup({ tracker: { type } }: Settings, adapters: Adapters): PullRequestsOf | undefined {
  if (type === 'markdown') return undefined;
  let isSilent = false;
  const known = new Map<string, Promise<readonly PullRequest[] | null>>();
  const ask = async (branch: string): Promise<readonly PullRequest[] | null> => {
    if (isSilent) return null;
    try {
      return (await (await adapters.tracker()).pullRequestsOf?.(branch)) ?? null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      isSilent = true;
      logger.warn(`Whether pull requests are open is not known: ${error.message}`);
      return null;
    }
  };
  return (branch) => {
    const asked = known.get(branch) ?? ask(branch);
    known.set(branch, asked);
    return asked;
  };
}
