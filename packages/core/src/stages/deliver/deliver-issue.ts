import { UserError } from '../../errors/user-error.js';
import type { Verdict } from '../../review/verdict.js';
import { writeApproved } from '../build/build-base.js';
import { requireCheckout, writeCheckout } from '../../branch/checkout-artifact.js';
import { readFix } from '../fix/fix-artifact.js';
import { gateReview, type GateSettings } from '../gate/gate-change.js';
import type { StageContext } from '../../stage/stage-context.js';
import { DELIVER_TARGET, roundTarget, REVIEW_TARGET } from '../../stage/targets.js';
import { count } from '../../text/count.js';

export interface DeliverSettings extends GateSettings {
  readonly writer: string;
  /** How often the writer may fix what the reviewers found. */
  readonly rounds: number;
}

export interface Delivery {
  readonly verdict: Verdict;
  /** Fixes that were made. */
  readonly fixes: number;
}

/**
 * The verdict on what the last round of fixes has left on the branch. What is approved is what the issues start from that wait for this one.
 * @param isAsked whether the command asks for fixes @throws UserError when it is not approved
 */
export async function deliverIssue(
  { rounds, writer, ...gate }: DeliverSettings,
  isAsked: boolean,
  context: StageContext,
): Promise<Delivery> {
  const { host, project } = context;
  await host.artifacts.clear(project, DELIVER_TARGET);
  const lastRound = { ...context, target: roundTarget(REVIEW_TARGET, rounds + 1) };
  const verdict = await gateReview(gate, lastRound);
  let fixes = 0;
  for (let round = 1; round <= rounds; round++) fixes += ((await readFix({ writer, round }, context))?.fixed ?? 0) > 0 ? 1 : 0;
  if (verdict.verdict === 'approve') {
    await writeApproved(await writeCheckout(await requireCheckout(lastRound), context), context);
    return { verdict, fixes };
  }
  const review = `.nx-fleet/out/${project}/${REVIEW_TARGET}/review.md`;
  if (!isAsked)
    throw new UserError(`"${project}" is not approved, and others wait for it. Have it fixed: nx run ${project}:${DELIVER_TARGET}`);
  throw new UserError(
    `Not approved after ${count(fixes, 'fix')}. Look at ${review}; to continue, raise "review.rounds" and run this again.`,
  );
}
