import type { LocalStage, StageTarget } from '../../stage/stage.js';
import { e2eServeTarget, roundTarget, SERVE_TARGET, VALIDATE_TARGET } from '../../stage/targets.js';
import { appSettings, readyTimeoutMs, type AppSettings } from './app-settings.js';

export interface ServeStageSettings {
  readonly settings: AppSettings;
  readonly readyTimeoutMs: number;
}

/** The app of an issue, for the user or for `agent-e2e`. */
export const SERVE: LocalStage<ServeStageSettings> = {
  name: 'serve',
  target: SERVE_TARGET,
  targets: ({ settings, round }) => {
    if (settings.serve === undefined) return [];
    const forTrial: StageTarget = {
      name: e2eServeTarget(round),
      dependsOn: [roundTarget(VALIDATE_TARGET, round)],
      description: 'The app for agent-e2e: after the checks, started when it is asked for',
      options: { onDemand: true },
    };
    if (round > 1) return settings.validate.agent === undefined ? [] : [forTrial];
    return [{ name: SERVE_TARGET, dependsOn: [], description: 'Runs the app in the worktree as it is, on its own port' }, forTrial];
  },
  settings: (all) => ({ settings: appSettings(all), readyTimeoutMs: readyTimeoutMs(all) }),
  prompt: null,
  inputs: null,
  isContinuous: true,
  artifact: null,
};
