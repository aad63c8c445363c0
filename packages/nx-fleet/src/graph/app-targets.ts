import type { TargetConfiguration } from '@nx/devkit';
import {
  E2E_SERVE_TARGET,
  E2E_TARGET,
  e2eSettings,
  SERVE_TARGET,
  targetOf,
  VALIDATE_TARGET,
  type Manifest,
  type Settings,
} from '@nx-fleet/core';
import { agentInputs, cachedTarget, cheapTarget, describe, ROUND } from './stage-target.js';

/**
 * The targets of an issue whose app can be started; none without a command for it. As with reviews, every known agent gets its own, so that
 * another choice of the agent changes no other target's hash.
 */
export function appTargets(manifest: Manifest, settings: Settings): Record<string, TargetConfiguration> {
  if (settings.serve === undefined) return {};
  const agents = Object.keys(settings.agents.define).sort();
  return {
    [SERVE_TARGET]: serveTarget([], 'Runs the app in the worktree as it is, on its own port'),
    [E2E_SERVE_TARGET]: {
      ...serveTarget([VALIDATE_TARGET], 'The app for agent-e2e: after the checks, started when it is asked for'),
      options: { onDemand: true },
    },
    ...Object.fromEntries(agents.map((agent) => [targetOf(E2E_TARGET, agent), e2eTarget(manifest, settings, agent)])),
  };
}

/** The trial of the app that the verdict waits for, if one is configured. */
export function e2eTargets({ validate }: Settings): readonly string[] {
  return validate.agent === undefined ? [] : [targetOf(E2E_TARGET, validate.agent)];
}

function serveTarget(dependsOn: readonly string[], description: string): TargetConfiguration {
  return { ...cheapTarget('serve', dependsOn, description), continuous: true };
}

function e2eTarget(manifest: Manifest, settings: Settings, agent: string): TargetConfiguration {
  const stage = e2eSettings(settings, agent);
  return cachedTarget(manifest, targetOf(E2E_TARGET, agent), {
    executor: 'nx-fleet:e2e',
    options: { agent },
    dependsOn: [VALIDATE_TARGET, E2E_SERVE_TARGET],
    // As a review's, and what the app is started with. Its ports are in no key: they differ between machines.
    inputs: [
      '{projectRoot}/spec.md',
      ROUND,
      { dependentTasksOutputFiles: '**/validation.json', transitive: false },
      { runtime: 'node --version' },
      ...agentInputs(stage, 'e2e', settings),
    ],
    metadata: describe(`${agent} tries the running app, read-only and without the writer's context`),
  });
}
