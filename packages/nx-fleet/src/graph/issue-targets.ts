import type { TargetConfiguration } from '@nx/devkit';
import {
  BUILD_TARGET,
  buildSettings,
  checkoutTarget,
  DELIVER_TARGET,
  FIX_TARGET,
  fixSettings,
  inRound,
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
import { REVIEW_ONLY_VARIABLE } from '../settings/range-of-run.js';
import { appTargets, e2eRoundTargets, e2eTargets } from './app-targets.js';
import { settingsInput, type Input } from './stage-key.js';
import { agentInputs, cachedTarget, cheapTarget, describe, NO_EXTERNAL_DEPENDENCIES, outputOf, ROUND } from './stage-target.js';

/** Of every issue's project. */
export const ISSUE_TAG = 'nx-fleet:issue';
const DATABASE_RESET_TARGET = 'db-reset';
/** What is on the branch. */
const CHECKOUT: Input = { dependentTasksOutputFiles: '**/checkout.json', transitive: false };
/** What the issues hold that a build waits for. */
export const APPROVED = { dependentTasksOutputFiles: '**/approved.json', transitive: false } satisfies Input;

type Targets = Record<string, TargetConfiguration>;

/**
 * The targets of an issue. A cached target's `inputs` are all that its agent reads.
 * Every known agent gets its build, review and fix target, so that another choice of agents changes no other target's hash; the rounds of
 * fixes that `agent-deliver` waits for are of the agents in use.
 * @param blockers projects that this one waits for and that exist
 */
export function issueTargets(manifest: Manifest, settings: Settings, blockers: readonly string[]): Targets {
  const agents = Object.keys(settings.agents.define).sort();
  const perAgent = (target: (agent: string) => readonly [string, TargetConfiguration]): Targets => Object.fromEntries(agents.map(target));
  const { rounds } = settings.review;
  return {
    [PLAN_TARGET]: planTarget(manifest, settings),
    ...perAgent((agent) => [targetOf(BUILD_TARGET, agent), buildTarget(manifest, settings, { writer: agent, blockers })]),
    [BUILD_TARGET]: headTarget(
      manifest,
      BUILD_TARGET,
      // The work of an adopted branch is there: it is not built.
      cheapTarget(
        'checkout',
        manifest.adopted === true ? [] : [targetOf(BUILD_TARGET, settings.agents.writer)],
        'Brings the branch to its build on this machine',
      ),
    ),
    [VALIDATE_TARGET]: validateTarget(manifest, settings, 1),
    ...perAgent((agent) => [targetOf(REVIEW_TARGET, agent), reviewTarget(manifest, settings, { agent, round: 1 })]),
    ...appTargets(manifest, settings),
    [REVIEW_TARGET]: cheapTarget('gate', judgedBy(settings, 1), 'Merges the reviews into one verdict; fails on blocking findings'),
    ...perAgent((agent) => [targetOf(FIX_TARGET, agent), fixTarget(manifest, settings, { agent, round: 1 })]),
    [FIX_TARGET]: checkoutFixTarget(manifest, settings, 1),
    ...Object.assign({}, ...Array.from({ length: rounds }, (_, index) => roundTargets(manifest, settings, index + 2))),
    [DELIVER_TARGET]: headTarget(
      manifest,
      DELIVER_TARGET,
      cheapTarget(
        'deliver',
        judgedBy(settings, rounds + 1),
        'Judges what the last fix has left: what is approved is what other issues start from',
      ),
    ),
    [DATABASE_RESET_TARGET]: cheapTarget('db-reset', [], 'Gives the worktree a fresh copy of the database'),
  };
}

/** What was fixed is checked and reviewed like a build; but for the last time it is fixed again, where something still blocks. */
function roundTargets(manifest: Manifest, settings: Settings, round: number): Targets {
  const { agents, review } = settings;
  const isLast = round === review.rounds + 1;
  return {
    [inRound(VALIDATE_TARGET, round)]: validateTarget(manifest, settings, round),
    ...Object.fromEntries(
      agents.reviewers.map((agent) => [targetOf(REVIEW_TARGET, agent, round), reviewTarget(manifest, settings, { agent, round })]),
    ),
    ...e2eRoundTargets(manifest, settings, round),
    ...(isLast
      ? {}
      : {
          [targetOf(FIX_TARGET, agents.writer, round)]: fixTarget(manifest, settings, { agent: agents.writer, round }),
          [inRound(FIX_TARGET, round)]: checkoutFixTarget(manifest, settings, round),
        }),
  };
}

/** Who judges what a round is about. */
function judgedBy(settings: Settings, round: number): readonly string[] {
  return [...settings.agents.reviewers.map((reviewer) => targetOf(REVIEW_TARGET, reviewer, round)), ...e2eTargets(settings, round)];
}

/** One that writes down what is on the branch: never cached, as anyone who comes from a cached build needs its branch on this machine. */
function headTarget({ project }: Manifest, name: string, target: TargetConfiguration): TargetConfiguration {
  return { ...target, outputs: [outputOf(project, name)] };
}

function checkoutFixTarget(manifest: Manifest, { agents }: Settings, round: number): TargetConfiguration {
  const fix = cheapTarget('checkout-fix', [targetOf(FIX_TARGET, agents.writer, round)], 'Brings the branch to its fix on this machine');
  return headTarget(manifest, inRound(FIX_TARGET, round), fix);
}

function planTarget(manifest: Manifest, settings: Settings): TargetConfiguration {
  const stage = planSettings(settings);
  return cachedTarget(manifest, PLAN_TARGET, {
    executor: 'nx-fleet:plan',
    inputs: [...issueFiles(manifest), ...agentInputs(stage, 'plan', settings)],
    metadata: describe(`${stage.agent} turns the issue into a plan`),
  });
}

/** What the issue starts from is in the key by its files, and not by what the commit is called. Older manifests do not know them. */
function issueFiles({ baseTree }: Manifest): readonly Input[] {
  const facts = '{projectRoot}/issue.json';
  return ['{projectRoot}/spec.md', baseTree === undefined ? facts : { json: facts, excludeFields: ['base'] }];
}

function buildTarget(
  manifest: Manifest,
  settings: Settings,
  { writer, blockers }: { readonly writer: string; readonly blockers: readonly string[] },
): TargetConfiguration {
  const stage = buildSettings(settings, writer);
  return cachedTarget(manifest, targetOf(BUILD_TARGET, writer), {
    executor: 'nx-fleet:build',
    options: { agent: writer },
    dependsOn: [PLAN_TARGET, ...(blockers.length === 0 ? [] : [{ projects: [...blockers], target: DELIVER_TARGET }])],
    inputs: [
      ...issueFiles(manifest),
      { dependentTasksOutputFiles: '**/plan.json', transitive: false },
      ...(blockers.length === 0 ? [] : [APPROVED]),
      ...agentInputs(stage, 'build', settings),
    ],
    metadata: describe(`${writer} makes the change in the issue's worktree`),
  });
}

function validateTarget(manifest: Manifest, settings: Settings, round: number): TargetConfiguration {
  return cachedTarget(manifest, inRound(VALIDATE_TARGET, round), {
    executor: 'nx-fleet:validate',
    dependsOn: [checkoutTarget(round)],
    // What is on the branch comes as a file of the task that brings it there. Asking git would be hashed before that task has run.
    inputs: [CHECKOUT, settingsInput(validateSettings(settings), null), { runtime: 'node --version' }, NO_EXTERNAL_DEPENDENCIES],
    metadata: describe('Runs the checks in the worktree, with its ports and database'),
  });
}

interface OfAgent {
  readonly agent: string;
  readonly round: number;
}

function reviewTarget(manifest: Manifest, settings: Settings, { agent, round }: OfAgent): TargetConfiguration {
  const stage = reviewSettings(settings, agent);
  return cachedTarget(manifest, targetOf(REVIEW_TARGET, agent, round), {
    executor: 'nx-fleet:review',
    options: { agent },
    dependsOn: [inRound(VALIDATE_TARGET, round)],
    // validation.json names the trees of the change and of its base; the reviewer reads nothing else of the repository.
    inputs: [
      '{projectRoot}/spec.md',
      ROUND,
      { dependentTasksOutputFiles: '**/validation.json', transitive: false },
      ...agentInputs(stage, 'review', settings),
    ],
    metadata: describe(`${agent} reviews the change, read-only and without the writer's context`),
  });
}

function fixTarget(manifest: Manifest, settings: Settings, { agent, round }: OfAgent): TargetConfiguration {
  const stage = fixSettings(settings, agent);
  return cachedTarget(manifest, targetOf(FIX_TARGET, agent, round), {
    executor: 'nx-fleet:fix',
    options: { agent },
    dependsOn: [checkoutTarget(round), ...judgedBy(settings, round)],
    // What is on the branch, what it is compared with, and what was found. A command that asks for no fix makes none.
    inputs: [
      '{projectRoot}/spec.md',
      ROUND,
      CHECKOUT,
      { dependentTasksOutputFiles: '**/review.json', transitive: false },
      ...(settings.validate.agent === undefined ? [] : [{ dependentTasksOutputFiles: '**/e2e.json', transitive: false }]),
      { env: REVIEW_ONLY_VARIABLE },
      ...agentInputs(stage, 'fix', settings),
    ],
    metadata: describe(`${agent} fixes what the reviewers found`),
  });
}
