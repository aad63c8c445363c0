import type { TargetConfiguration } from '@nx/devkit';
import {
  e2eServeTarget,
  E2E_TARGET,
  e2eSettings,
  inRound,
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
    [e2eServeTarget(1)]: servedTarget(1),
    ...Object.fromEntries(agents.map((agent) => [targetOf(E2E_TARGET, agent), e2eTarget(manifest, settings, { agent, round: 1 })])),
  };
}

/** The trial of the app as a fix has left it. */
export function e2eRoundTargets(manifest: Manifest, settings: Settings, round: number): Record<string, TargetConfiguration> {
  const { agent } = settings.validate;
  if (agent === undefined) return {};
  return {
    [e2eServeTarget(round)]: servedTarget(round),
    [targetOf(E2E_TARGET, agent, round)]: e2eTarget(manifest, settings, { agent, round }),
  };
}

/** The trial of the app that a verdict waits for, if one is configured. */
export function e2eTargets({ validate }: Settings, round: number): readonly string[] {
  return validate.agent === undefined ? [] : [targetOf(E2E_TARGET, validate.agent, round)];
}

function servedTarget(round: number): TargetConfiguration {
  const served = serveTarget([inRound(VALIDATE_TARGET, round)], 'The app for agent-e2e: after the checks, started when it is asked for');
  return { ...served, options: { onDemand: true } };
}

function serveTarget(dependsOn: readonly string[], description: string): TargetConfiguration {
  return { ...cheapTarget('serve', dependsOn, description), continuous: true };
}

function e2eTarget(
  manifest: Manifest,
  settings: Settings,
  { agent, round }: { readonly agent: string; readonly round: number },
): TargetConfiguration {
  const stage = e2eSettings(settings, agent);
  return cachedTarget(manifest, targetOf(E2E_TARGET, agent, round), {
    executor: 'nx-fleet:e2e',
    options: { agent },
    dependsOn: [inRound(VALIDATE_TARGET, round), e2eServeTarget(round)],
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
