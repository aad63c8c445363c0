import type { CheckStage } from '../../stage/stage.js';
import { checkoutTarget, roundTarget, VALIDATE_TARGET } from '../../stage/targets.js';
import type { CommandLine } from '../../settings/settings.js';
import { requireValidation, validationSchema } from './validation-artifact.js';

export interface ValidateStageSettings {
  readonly checks: readonly CommandLine[];
  /** The commands that make the database and the files that checks run on. */
  readonly setup: readonly CommandLine[];
  readonly prepare: readonly CommandLine[];
  readonly smoke: CommandLine | null;
  readonly passEnv: readonly string[];
  readonly in: 'fresh' | 'worktree';
}

/** The checks, in a fresh worktree or the issue's. */
export const VALIDATE: CheckStage<ValidateStageSettings> = {
  name: 'validate',
  target: VALIDATE_TARGET,
  targets: ({ round }) => [
    {
      name: roundTarget(VALIDATE_TARGET, round),
      dependsOn: [checkoutTarget(round)],
      description: 'Runs the checks on what is committed, in a fresh worktree with ports and a database of its own',
    },
  ],
  settings: ({ checks, worktrees: { setup, prepare, smoke, passEnv }, validate }) => ({
    checks,
    setup,
    prepare,
    smoke: smoke ?? null,
    passEnv,
    in: validate.in,
  }),
  prompt: null,
  // What is on the branch comes as a file of the task that brings it there. Asking git would be hashed before that task has run.
  inputs: () => [{ artifact: 'checkout.json' }, 'node'],
  column: { isOfAdopted: true },
  artifact: { file: 'validation.json', schema: validationSchema },
  requireStored: requireValidation,
};
