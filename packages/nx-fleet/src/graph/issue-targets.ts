import type { TargetConfiguration } from '@nx/devkit';
import {
  BUILD_TARGET,
  buildSettings,
  DELIVER_TARGET,
  FIX_TARGET,
  fixSettings,
  PLAN_TARGET,
  planSettings,
  REVIEW_TARGET,
  reviewSettings,
  targetOf,
  VALIDATE_TARGET,
  validateSettings,
  type Manifest,
  type Settings,
} from '@nx-fleet/core';
import { appTargets, e2eTargets } from './app-targets.js';
import { settingsInput, type Input } from './stage-key.js';
import { agentInputs, cachedTarget, cheapTarget, describe, NO_EXTERNAL_DEPENDENCIES, outputOf, ROUND } from './stage-target.js';

/** Of every issue's project. */
export const ISSUE_TAG = 'nx-fleet:issue';
const DATABASE_RESET_TARGET = 'db-reset';
/** The builds that a target waits for stand behind uncached `agent-build` targets. */
const BUILDS: Input = { dependentTasksOutputFiles: '**/build.json', transitive: true };
const ISSUE_FILES = ['{projectRoot}/spec.md', '{projectRoot}/issue.json'];

/**
 * The targets of an issue. A cached target's `inputs` are all that its agent reads.
 * Every known agent gets its build and review target, so that another choice of agents changes no other target's hash.
 * @param blockers projects that this one waits for and that exist
 */
export function issueTargets(manifest: Manifest, settings: Settings, blockers: readonly string[]): Record<string, TargetConfiguration> {
  const agents = Object.keys(settings.agents.define).sort();
  return {
    [PLAN_TARGET]: planTarget(manifest, settings),
    ...Object.fromEntries(
      agents.map((agent) => [targetOf(BUILD_TARGET, agent), buildTarget(manifest, settings, { writer: agent, blockers })]),
    ),
    [BUILD_TARGET]: checkoutTarget(manifest, settings),
    [VALIDATE_TARGET]: validateTarget(manifest, settings),
    ...Object.fromEntries(agents.map((agent) => [targetOf(REVIEW_TARGET, agent), reviewTarget(manifest, settings, agent)])),
    ...appTargets(manifest, settings),
    [REVIEW_TARGET]: cheapTarget(
      'gate',
      [...settings.agents.reviewers.map((reviewer) => targetOf(REVIEW_TARGET, reviewer)), ...e2eTargets(settings)],
      'Merges the reviews into one verdict; fails on blocking findings',
    ),
    ...Object.fromEntries(agents.map((agent) => [targetOf(FIX_TARGET, agent), fixTarget(manifest, settings, agent)])),
    [FIX_TARGET]: cheapTarget(
      'checkout-fix',
      [targetOf(FIX_TARGET, settings.agents.writer)],
      'Brings the branch to its fix on this machine',
    ),
    [DELIVER_TARGET]: cheapTarget('deliver', [], 'Reviews and fixes until the reviewers approve, or the rounds are used up'),
    [DATABASE_RESET_TARGET]: cheapTarget('db-reset', [], 'Gives the worktree a fresh copy of the database'),
  };
}

function planTarget(manifest: Manifest, settings: Settings): TargetConfiguration {
  const stage = planSettings(settings);
  return cachedTarget(manifest, PLAN_TARGET, {
    executor: 'nx-fleet:plan',
    inputs: [...ISSUE_FILES, ...agentInputs(stage, 'plan', settings)],
    metadata: describe(`${stage.agent} turns the issue into a plan`),
  });
}

function buildTarget(
  manifest: Manifest,
  settings: Settings,
  { writer, blockers }: { readonly writer: string; readonly blockers: readonly string[] },
): TargetConfiguration {
  const stage = buildSettings(settings, writer);
  // A build starts from its own writer's builds of the blockers; only the configured writer's are brought to their branches.
  const target = writer === settings.agents.writer ? BUILD_TARGET : targetOf(BUILD_TARGET, writer);
  return cachedTarget(manifest, targetOf(BUILD_TARGET, writer), {
    executor: 'nx-fleet:build',
    options: { agent: writer },
    dependsOn: [PLAN_TARGET, ...(blockers.length === 0 ? [] : [{ projects: [...blockers], target }])],
    inputs: [
      ...ISSUE_FILES,
      { dependentTasksOutputFiles: '**/plan.json', transitive: false },
      ...(blockers.length === 0 ? [] : [BUILDS]),
      ...agentInputs(stage, 'build', settings),
    ],
    metadata: describe(`${writer} makes the change in the issue's worktree`),
  });
}

/** Never cached: whoever comes from a cached build needs its branch on this machine. */
function checkoutTarget({ project, adopted }: Manifest, { agents }: Settings): TargetConfiguration {
  // The work of an adopted branch is there: nobody builds it.
  const builds = adopted === true ? [] : [targetOf(BUILD_TARGET, agents.writer)];
  const target = cheapTarget('checkout', builds, 'Brings the branch to its build on this machine');
  return { ...target, outputs: [outputOf(project, BUILD_TARGET)] };
}

function validateTarget(manifest: Manifest, settings: Settings): TargetConfiguration {
  return cachedTarget(manifest, VALIDATE_TARGET, {
    executor: 'nx-fleet:validate',
    dependsOn: [BUILD_TARGET],
    // What stands on the branch comes as a file of the task that brings it there. Asking git would be hashed before that task has run.
    inputs: [
      { dependentTasksOutputFiles: '**/checkout.json', transitive: false },
      settingsInput(validateSettings(settings), null),
      { runtime: 'node --version' },
      NO_EXTERNAL_DEPENDENCIES,
    ],
    metadata: describe('Runs the checks in the worktree, with its ports and database'),
  });
}

function reviewTarget(manifest: Manifest, settings: Settings, reviewer: string): TargetConfiguration {
  const stage = reviewSettings(settings, reviewer);
  return cachedTarget(manifest, targetOf(REVIEW_TARGET, reviewer), {
    executor: 'nx-fleet:review',
    options: { agent: reviewer },
    dependsOn: [VALIDATE_TARGET],
    // validation.json names the trees of the change and of its base; the reviewer reads nothing else of the repository.
    inputs: [
      '{projectRoot}/spec.md',
      ROUND,
      { dependentTasksOutputFiles: '**/validation.json', transitive: false },
      ...agentInputs(stage, 'review', settings),
    ],
    metadata: describe(`${reviewer} reviews the change, read-only and without the writer's context`),
  });
}

function fixTarget(manifest: Manifest, settings: Settings, writer: string): TargetConfiguration {
  const stage = fixSettings(settings, writer);
  return cachedTarget(manifest, targetOf(FIX_TARGET, writer), {
    executor: 'nx-fleet:fix',
    options: { agent: writer },
    dependsOn: [...settings.agents.reviewers.map((reviewer) => targetOf(REVIEW_TARGET, reviewer)), ...e2eTargets(settings)],
    // What stands on the branch, what it is compared with, and what was found.
    inputs: [
      '{projectRoot}/spec.md',
      ROUND,
      { dependentTasksOutputFiles: '**/checkout.json', transitive: true },
      { dependentTasksOutputFiles: '**/review.json', transitive: false },
      ...(settings.validate.agent === undefined ? [] : [{ dependentTasksOutputFiles: '**/e2e.json', transitive: false }]),
      ...agentInputs(stage, 'fix', settings),
    ],
    metadata: describe(`${writer} mends what the reviewers found`),
  });
}
