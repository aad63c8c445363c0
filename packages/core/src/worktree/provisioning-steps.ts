import { branchStep, worktreeStep } from './steps/branch-step.js';
import { databaseStep, dependenciesStep } from './steps/database-step.js';
import { environmentStep } from './steps/environment-step.js';
import { filesStep } from './steps/files-step.js';
import { prepareStep, setupStep, smokeStep } from './steps/setup-step.js';
import type { WorktreeAdapters, WorktreeWork } from './worktree-work.js';

/** One thing that a worktree needs. */
export interface Step {
  readonly name: string;
  /** Makes it, or finishes or finds what an earlier, killed call of the same step left. */
  make(work: WorktreeWork, adapters: WorktreeAdapters): Promise<void>;
  /** Removes it; what is not there is fine. A step without it leaves nothing outside of the worktree. */
  undo?(work: WorktreeWork, adapters: WorktreeAdapters): Promise<void>;
}

/**
 * The order in which a worktree is made; steps of one line run side by side. It is removed in the reverse order.
 *
 * | step         | makes                                       | undone by                 | when it is run again                          |
 * | ------------ | ------------------------------------------- | ------------------------- | --------------------------------------------- |
 * | (claim)      | names and ports, state `creating`           | (release), at the end     | the same claim is taken over from the dead    |
 * | branch       | `refs/heads/<branch>` at its start          | deleted where it was left | the branch is there                           |
 * | worktree     | a spare moved and switched, or a checkout   | unregistered, discarded   | half-made ones made again, half-moved ones moved |
 * | files        | what `.worktreeinclude` names               | (goes with the worktree)  | what is there stays                           |
 * | prepare      | what `worktrees.prepare` makes              | (goes with the worktree)  | run again until the worktree is ready         |
 * | dependencies | node_modules, with a stamp inside           | (goes with the worktree)  | an equal stamp is kept, else made again       |
 * | database     | a branch of the database                    | removed                   | found by its name and generation             |
 * | environment  | our block of `.env.local`                   | (goes with the worktree)  | written whole, again                          |
 * | setup, smoke | what the commands of the configuration make | (goes with the worktree)  | run until they succeeded once, with the database; again once the branch has moved |
 * | (record)     | `.nx-fleet/local`, then state `ready`       | deleted after the release | the same record                               |
 */
const PROVISIONING: readonly (readonly Step[])[] = [
  [branchStep],
  [worktreeStep],
  [filesStep],
  [prepareStep],
  [dependenciesStep, databaseStep],
  [environmentStep],
  [setupStep],
  [smokeStep],
];

/** A worktree without a branch, for checks: its dependencies are one of them. */
export const MADE_FRESH: readonly (readonly Step[])[] = [[worktreeStep], [filesStep], [prepareStep], [databaseStep], [environmentStep]];
export const SET_UP: readonly (readonly Step[])[] = [[setupStep], [smokeStep]];

/** Makes all steps in order. When one fails, those beside it end first: nothing continues behind the undoing. */
export async function makeSteps(work: WorktreeWork, adapters: WorktreeAdapters, table = PROVISIONING): Promise<void> {
  for (const steps of table) {
    const results = await Promise.allSettled(steps.map((step) => step.make(work, adapters)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

/** Removes everything, last step first. */
export async function undoSteps(work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  for (const steps of PROVISIONING.toReversed()) for (const step of steps) await step.undo?.(work, adapters);
}
