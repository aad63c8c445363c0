import { z } from 'zod';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/object-id.js';
import { requireOfCheckout } from './checkout-artefact.js';
import type { StageContext } from './stage-context.js';
import { REVIEW_TARGET, VALIDATE_TARGET } from './targets.js';

/** What was checked and with what result: `validation.json`. Equal for equal results: times and logs stand beside it. */
export const validationSchema = z.strictObject({
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  checks: z.array(z.strictObject({ command: z.string(), passed: z.boolean() })),
});

export type Validation = z.infer<typeof validationSchema>;

/** @throws UserError when `agent-validate` has not run, or what is stored is of another change than was checked out */
export async function requireValidation(context: StageContext): Promise<Validation> {
  const { host, project } = context;
  const validation = parseArtefact(await host.artefacts.read(project, VALIDATE_TARGET, 'validation.json'), validationSchema);
  if (validation === null) {
    throw new UserError(
      `"${project}" has not been checked by this version. Run: nx run ${project}:${VALIDATE_TARGET}; if that does not help, add --skip-nx-cache`,
    );
  }
  await requireOfCheckout(validation, { what: 'validation', target: REVIEW_TARGET }, context);
  return validation;
}
