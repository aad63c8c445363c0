import { printableLine, UserError } from '@nx-fleet/core';
import type { NeonAccount } from './neon-account.js';
import type { NeonFailure } from './neon-failure.js';

/** A failure in the user's words, or as it is when it is Neon's own. */
export function explainFailure(failure: NeonFailure, { apiUrl, projectId }: NeonAccount): Error {
  const advice = adviceOn(failure, { apiUrl, projectId });
  return advice === null ? failure : new UserError(`${printableLine(failure.message, 400)}. ${advice}`, { cause: failure });
}

function adviceOn(failure: NeonFailure, { apiUrl, projectId }: Pick<NeonAccount, 'apiUrl' | 'projectId'>): string | null {
  const { status } = failure;
  if (status === null) {
    return `Check that "${printableLine(new URL(apiUrl).host)}" can be reached from here, and run this again: finished steps are kept.`;
  }
  if (failure.isRefusedForNow) {
    return 'It is busy, or this account calls it too often. Run this again later: finished steps are kept.';
  }
  if (status === 401 || status === 403) {
    return `Set "NEON_API_KEY" to a key that may use the project "${projectId}".`;
  }
  if (status === 404) {
    return `Check "database.projectId" or "NEON_PROJECT_ID" ("${projectId}"), and the names under "database".`;
  }
  return status >= 400 && status < 500 ? 'Fix what it reports, and run this again.' : null;
}
