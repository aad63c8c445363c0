import type { LocalStage } from '../../stage/stage.js';
import { DELIVER_TARGET } from '../../stage/targets.js';
import { approvedSchema } from '../build/build-base.js';
import type { DeliverSettings } from './deliver-issue.js';
import { gateSettings, judgedBy } from '../gate/gate.stage.js';

/** Judges what the last fix has left: what is approved is what other issues start from. */
export const DELIVER: LocalStage<DeliverSettings> = {
  name: 'deliver',
  target: DELIVER_TARGET,
  targets: ({ settings, round }) =>
    round <= settings.review.rounds
      ? []
      : [
          {
            name: DELIVER_TARGET,
            dependsOn: judgedBy(settings, round),
            description: 'Judges what the last fix has left: what is approved is what other issues start from',
          },
        ],
  settings: (all) => ({ ...gateSettings(all), writer: all.agents.writer, rounds: all.review.rounds }),
  prompt: null,
  inputs: null,
  isOfFix: true,
  artifact: { file: 'approved.json', schema: approvedSchema },
};
