import { z } from 'zod';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/object-id.js';
import { refuseStored, type RefusedResult } from './refuse-stored.js';
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

/** What a stored result was made of. */
export interface ChangeTrees {
  readonly baseTree: string;
  readonly tree: string;
}

/** Lets a stored result through that is of exactly what was checked out. @throws UserError */
export async function requireOfCheckout(
  { baseTree, tree }: ChangeTrees,
  { what, target }: Pick<RefusedResult, 'what' | 'target'>,
  context: StageContext,
): Promise<void> {
  const checkout = await requireCheckout(context);
  const checkoutBaseTree = await context.git.resolveTree(checkout.base);
  if (tree === checkout.tree && baseTree === checkoutBaseTree) return;
  const short = (id: string | null): string => id?.slice(0, 8) ?? 'nothing';
  const reason = `it is of ${short(tree)} against ${short(baseTree)}, and the branch holds ${short(checkout.tree)} against ${short(checkoutBaseTree)}`;
  throw refuseStored({ what, reason, project: context.project, target });
}
