import { printableLine, UserError } from '@nx-fleet/core';
import type { IssueOption, WorktreeGeneratorSchema } from './schema.js';

export interface NormalizedWorktreeOptions {
  /** What the user typed, each once. */
  readonly references: readonly string[];
  readonly base: string | undefined;
  readonly branch: string | undefined;
  /** References of blockers; null when the tracker decides. */
  readonly after: readonly string[] | null;
  readonly open: boolean;
  readonly again: boolean;
  /** Take the branch as it is. */
  readonly adopt: boolean;
  /** Use the current checkout. */
  readonly here: boolean;
}

/** @throws UserError */
export function normalizeOptions(options: WorktreeGeneratorSchema): NormalizedWorktreeOptions {
  const issues = options.issue === undefined ? [] : issueReferences(options.issue);
  const pullRequests = options.pr === undefined ? [] : issueReferences(options.pr).map(pullRequestReference);
  const references = [...new Set([...issues, ...pullRequests])];
  if (references.length === 0) throw new UserError('No issue is given. Name at least one: nx g worktree --issue=42');
  if (options.here === true && references.length > 1) {
    throw new UserError(`--here uses one checkout, and ${references.length} issues are given. Give one issue.`);
  }
  if (options.branch !== undefined && references.length > 1) {
    throw new UserError(
      `--branch="${options.branch}" names one branch, and ${references.length} issues are given. Leave it out, or give one issue.`,
    );
  }
  if (options.adopt === true && options.again === true) {
    throw new UserError('--adopt takes the work that is there, and --again has it done again. Give one of them.');
  }
  const after = options.after === undefined ? null : issueReferences(options.after);
  if (after?.length === 0) throw new UserError('--after names no issue. Leave it out, or start after nothing: --after=none');
  return {
    references,
    base: options.base,
    branch: options.branch,
    after: after?.length === 1 && after[0] === 'none' ? [] : after,
    open: options.open ?? false,
    again: options.again ?? false,
    adopt: options.adopt ?? false,
    here: options.here ?? false,
  };
}

/** `42`, `"42,PROJ-7"` or `[42, "PROJ-7"]` as `["42", "PROJ-7"]`. Nx makes 0 of `--issue=`, which a script with an empty variable says. */
export function issueReferences(option: IssueOption): readonly string[] {
  const given = (typeof option === 'object' ? option : [option]).filter((item) => item !== 0);
  const references = given.flatMap((item) => String(item).split(',')).map((item) => item.trim().replace(/^#/, ''));
  return [...new Set(references.filter(Boolean))];
}

/** `12` as `pr-12`, the reference of a pull request. @throws UserError */
function pullRequestReference(given: string): string {
  const number = given.replace(/^pr-/i, '');
  if (/^[1-9]\d*$/.test(number)) return `pr-${number}`;
  throw new UserError(`--pr="${printableLine(given)}" is not a pull request number. Use --pr=12.`);
}
