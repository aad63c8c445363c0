import type { LocalStage } from '../../stage/stage.js';
import { BUILD_TARGET, targetOf } from '../../stage/targets.js';
import { checkoutSchema } from '../../branch/checkout-artifact.js';

/** Brings the branch to its build: who comes from a cached build needs it on this machine. */
export const CHECKOUT: LocalStage<{ readonly writer: string }> = {
  name: 'checkout',
  target: BUILD_TARGET,
  targets: ({ manifest, settings, round }) => {
    if (round > 1) return [];
    // The work of an adopted branch is there: it is not built.
    const dependsOn = manifest.adopted === true ? [] : [targetOf(BUILD_TARGET, settings.agents.writer)];
    return [{ name: BUILD_TARGET, dependsOn, description: 'Brings the branch to its build on this machine' }];
  },
  settings: ({ agents: { writer } }) => ({ writer }),
  prompt: null,
  inputs: null,
  artifact: { file: 'checkout.json', schema: checkoutSchema },
};
