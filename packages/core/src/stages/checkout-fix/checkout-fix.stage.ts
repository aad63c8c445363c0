import type { LocalStage } from '../../stage/stage.js';
import { FIX_TARGET, roundTarget, targetOf } from '../../stage/targets.js';
import { checkoutSchema } from '../../branch/checkout-artifact.js';
import { isFixed } from '../fix/fix.stage.js';

/** Brings the branch to its fix on this machine. */
export const CHECKOUT_FIX: LocalStage<{ readonly writer: string }> = {
  name: 'checkout-fix',
  target: FIX_TARGET,
  targets: (at) => {
    const { settings, round } = at;
    const dependsOn = [targetOf(FIX_TARGET, settings.agents.writer, round)];
    const description = 'Brings the branch to its fix on this machine';
    return isFixed(at) ? [{ name: roundTarget(FIX_TARGET, round), dependsOn, description }] : [];
  },
  settings: ({ agents: { writer } }) => ({ writer }),
  prompt: null,
  inputs: null,
  isOfFix: true,
  artifact: { file: 'checkout.json', schema: checkoutSchema },
};
