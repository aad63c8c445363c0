import { z } from 'zod';
import { parseArtifact } from '../artifact/artifact-store.js';
import { UserError } from '../errors/user-error.js';
import { objectIdSchema } from '../git/git.js';
import { refuseStored, type RefusedResult } from '../stage/refuse-stored.js';
import type { StageContext } from '../stage/stage-context.js';
import { checkoutTarget, parseTarget } from '../stage/targets.js';

/** The head of an issue: what is on the branch once its build or a fix is brought here. `checkout.json`, from which later keys are made. */
export const checkoutSchema = z.strictObject({
  /** What it is compared with. */
  baseTree: objectIdSchema,
  /** The branch's content, the user's commits included. */
  tree: objectIdSchema,
});

/** The commits that hold these trees here, in `head.json`. They are called otherwise elsewhere, so they are in no key. */
const headSchema = z.strictObject({
  base: objectIdSchema,
  head: objectIdSchema,
  /** The tree of the build below; null on a branch that was taken as it is. */
  build: objectIdSchema.nullable(),
});

export type ChangeTrees = z.infer<typeof checkoutSchema>;
export type Head = z.infer<typeof headSchema>;
export type Checkout = ChangeTrees & Head;

export async function writeCheckout({ base, head: tip, build }: Head, { git, host, project, target }: StageContext): Promise<Checkout> {
  const head: Head = { base, head: tip, build };
  const [baseTree, tree] = [await git.resolveTree(base), await git.resolveTree(tip)];
  if (baseTree === null || tree === null) throw new Error(`"${project}" has a head that is not here`);
  await host.artifacts.write(project, target, 'head.json', `${JSON.stringify(head, null, 2)}\n`);
  await host.artifacts.write(project, target, 'checkout.json', `${JSON.stringify({ baseTree, tree }, null, 2)}\n`);
  return { ...head, baseTree, tree };
}

/** What a target has found on the branch, or null. */
export async function readCheckout(project: string, target: string, { host }: Pick<StageContext, 'host'>): Promise<Checkout | null> {
  const head = parseArtifact(await host.artifacts.read(project, target, 'head.json'), headSchema);
  const trees = parseArtifact(await host.artifacts.read(project, target, 'checkout.json'), checkoutSchema);
  return head === null || trees === null ? null : { ...head, ...trees };
}

/** What the round is about that a stage belongs to. @throws UserError when its `agent-build` or fix has not run */
export async function requireCheckout(context: Pick<StageContext, 'host' | 'project' | 'target'>): Promise<Checkout> {
  const target = checkoutTarget(parseTarget(context.target).round);
  const checkout = await readCheckout(context.project, target, context);
  if (checkout !== null) return checkout;
  throw new UserError(`The build of "${context.project}", or its fix, is not here. Run: nx run ${context.project}:${target}`);
}

/** Lets a stored result through that is of exactly what was checked out. @throws UserError */
export async function requireCheckoutMatch(
  { baseTree, tree }: ChangeTrees,
  { what, target }: Pick<RefusedResult, 'what' | 'target'>,
  context: StageContext,
): Promise<void> {
  const checkout = await requireCheckout(context);
  if (tree === checkout.tree && baseTree === checkout.baseTree) return;
  const short = (id: string): string => id.slice(0, 8);
  const reason = `it is of ${short(tree)} against ${short(baseTree)}, and the branch holds ${short(checkout.tree)} against ${short(checkout.baseTree)}`;
  throw refuseStored({ what, reason, project: context.project, target });
}
