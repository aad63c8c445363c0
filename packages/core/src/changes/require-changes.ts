import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import { findRange, type RangeRequest } from './change-range.js';
import { readChanges, type ChangesIndex, type ChangesPlace } from './changes-artifact.js';

/**
 * What `agent-changes` found for the range that is asked for: not what another command, or an earlier one, left there.
 * @throws UserError when it has not run for that range
 */
export async function requireChanges(request: RangeRequest, place: ChangesPlace, git: Git): Promise<ChangesIndex> {
  const index = await readChanges(place);
  const { base, head } = await findRange(request, git);
  if (index.base === base && index.head === head) return index;
  const short = (range: { readonly base: string; readonly head: string }): string => `${range.base.slice(0, 8)}..${range.head.slice(0, 8)}`;
  throw new UserError(
    `The list of changes is for "${short(index)}", and "${short({ base, head })}" is asked for. Run again: nx affected -t agent-review`,
  );
}
