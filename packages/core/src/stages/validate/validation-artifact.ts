import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { checkSchema } from '../../check/check-result.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/git.js';
import { requireCheckoutMatch } from '../../branch/checkout-artifact.js';
import type { StageContext } from '../../stage/stage-context.js';
import { roundTarget, parseTarget, REVIEW_TARGET, VALIDATE_TARGET } from '../../stage/targets.js';

/** What was checked and with what result: `validation.json`. Equal for equal results: times and logs are beside it. */
export const validationSchema = z.strictObject({
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  checks: z.array(checkSchema),
});

export type Validation = z.infer<typeof validationSchema>;

/** @throws UserError when `agent-validate` has not run, or what is stored is of another change than was checked out */
export async function requireValidation(context: StageContext): Promise<Validation> {
  const { project } = context;
  const target = roundTarget(VALIDATE_TARGET, parseTarget(context.target).round);
  const validation = await readValidation(context);
  if (validation === null) {
    throw new UserError(
      `"${project}" has not been checked by this version. Run: nx run ${project}:${target}; if that does not help, add --skip-nx-cache`,
    );
  }
  await requireCheckoutMatch(validation, { what: 'validation', target: REVIEW_TARGET }, context);
  return validation;
}

/** What is stored in the round of a stage, of whatever change it is; null when there is none. */
export async function readValidation({ host, project, target }: StageContext): Promise<Validation | null> {
  const validated = roundTarget(VALIDATE_TARGET, parseTarget(target).round);
  return parseArtifact(await host.artifacts.read(project, validated, 'validation.json'), validationSchema);
}
