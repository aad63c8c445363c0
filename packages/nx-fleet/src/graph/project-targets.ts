import { changeFile, CHANGES_TARGET, REVIEW, REVIEW_TARGET, type Settings, targetOf } from '@nx-fleet/core';
import type { TargetConfiguration } from '@nx/devkit';
import { cheapTarget, describe, type Input, optionsInputs } from './stage-target.js';

/** A project of the repository whose changes are reviewed. */
export interface ReviewedProject {
  readonly root: string;
  /** Files whose change makes its review affected. Hashed by no cached target. */
  readonly affectedBy: string;
}

/** What the reviews of every project have in their keys, by agent: made once, however many projects there are. */
export type ReviewInputs = ReadonlyMap<string, readonly Input[]>;

export function reviewInputs(settings: Settings): ReviewInputs {
  const agents = Object.keys(settings.agents.define).sort();
  // Prompts and programs of the workspace count as they are at the base, which the file of the change names.
  const isOfBase = (input: Input): boolean => typeof input === 'string' && input.startsWith('{workspaceRoot}/');
  const inputsOf = (agent: string): readonly Input[] => optionsInputs(REVIEW, agent, settings);
  return new Map(agents.map((agent) => [agent, inputsOf(agent).filter((input) => !isOfBase(input))]));
}

/**
 * The review of a project's part of a change. As with issues, every known agent gets its target. The change is hashed as a file of the uncached
 * task that finds it out; `agent-review` names the project's files only to be affected by them.
 */
export function projectTargets(
  { root, affectedBy }: ReviewedProject,
  settings: Settings,
  inputs: ReviewInputs = reviewInputs(settings),
): Record<string, TargetConfiguration> {
  const changes = [{ projects: [settings.names.fleetProject], target: CHANGES_TARGET }];
  const gate = cheapTarget('gate', [], 'Merges the reviews of its changes into one verdict; fails on blocking findings');
  return {
    ...Object.fromEntries(
      [...inputs].map(([agent, shared]) => [
        targetOf(REVIEW_TARGET, agent),
        {
          executor: 'nx-fleet:review',
          options: { agent, subject: 'project' },
          dependsOn: changes,
          cache: true,
          inputs: [{ dependentTasksOutputFiles: `**/${CHANGES_TARGET}/${changeFile(root)}`, transitive: false }, ...shared],
          outputs: [`{workspaceRoot}/.nx-fleet/out/{projectName}/${targetOf(REVIEW_TARGET, agent)}`],
          metadata: describe(`${agent} reviews what a change does to this project, read-only`),
        } satisfies TargetConfiguration,
      ]),
    ),
    [REVIEW_TARGET]: {
      ...gate,
      options: { subject: 'project' },
      dependsOn: [...changes, ...settings.agents.reviewers.map((reviewer) => targetOf(REVIEW_TARGET, reviewer))],
      inputs: [...(gate.inputs ?? []), affectedBy satisfies Input],
    },
  };
}
