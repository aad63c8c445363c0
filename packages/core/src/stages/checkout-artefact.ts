import { z } from 'zod';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/object-id.js';
import type { StageContext } from './stage-context.js';
import { BUILD_TARGET } from './targets.js';

/** What stands on the branch once its build is brought here: `checkout.json`, from which later keys are made. */
export const checkoutSchema = z.strictObject({
  /** The commit that the work starts from. */
  base: objectIdSchema,
  /** The branch's content, a person's commits included. */
  tree: objectIdSchema,
});

export type Checkout = z.infer<typeof checkoutSchema>;

/** @throws UserError when `agent-build` has not run */
export async function requireCheckout({ host, project }: Pick<StageContext, 'host' | 'project'>): Promise<Checkout> {
  const checkout = parseArtefact(await host.artefacts.read(project, BUILD_TARGET, 'checkout.json'), checkoutSchema);
  if (checkout !== null) return checkout;
  throw new UserError(`The build of "${project}" is not here. Run: nx run ${project}:${BUILD_TARGET}`);
}
