import { DELIVER_TARGET, type IssueTarget, type Manifest, type Settings, type StageInput, targetsOfIssue } from '@nx-fleet/core';
import type { TargetConfiguration } from '@nx/devkit';
import { cheapTarget, type Input, optionsInputs } from './stage-target.js';
import { AFFECTED_VARIABLE, REVIEW_ONLY_VARIABLE } from '../settings/range-of-run.js';

/** Of every issue's project. */
export const ISSUE_TAG = 'nx-fleet:issue';
const DATABASE_RESET_TARGET = 'db-reset';
/** What the issues hold that a build waits for. */
export const APPROVED = { dependentTasksOutputFiles: '**/approved.json', transitive: false } satisfies Input;

interface Issue {
  readonly manifest: Manifest;
  readonly settings: Settings;
  /** Projects that this one waits for and that exist. */
  readonly blockers: readonly string[];
}

/** The targets of an issue, as its stages describe them. A cached target's `inputs` are all that its stage reads. */
export function issueTargets(manifest: Manifest, settings: Settings, blockers: readonly string[]): Record<string, TargetConfiguration> {
  const issue = { manifest, settings, blockers };
  return {
    ...Object.fromEntries(targetsOfIssue(issue).map((target) => [target.name, configurationOf(target, issue)])),
    [DATABASE_RESET_TARGET]: cheapTarget('db-reset', [], 'Gives the worktree a fresh copy of the database'),
  };
}

function configurationOf(target: IssueTarget, issue: Issue): TargetConfiguration {
  const { stage, name, agent, dependsOn, description } = target;
  const options = { ...target.options, ...(agent === undefined ? {} : { agent }) };
  const outputs = stage.artifact === null ? {} : { outputs: [`{workspaceRoot}/.nx-fleet/out/${issue.manifest.project}/${name}`] };
  const shared = {
    ...cheapTarget(stage.name, dependsOn, description),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...outputs,
  };
  if (stage.inputs === null) return stage.isContinuous === true ? { ...shared, continuous: true } : shared;
  const inputs = stage.inputs(issue.settings);
  return {
    ...shared,
    cache: true,
    dependsOn: [...dependsOn, ...(inputs.includes('blockers') ? deliveries(issue) : [])],
    inputs: [
      ...inputs.flatMap((input) => inputsOf(input, issue)),
      ...optionsInputs(stage, agent ?? '', issue.settings),
      { env: AFFECTED_VARIABLE },
    ],
  };
}

function deliveries({ blockers }: Issue): NonNullable<TargetConfiguration['dependsOn']> {
  return blockers.length === 0 ? [] : [{ projects: [...blockers], target: DELIVER_TARGET }];
}

function inputsOf(input: StageInput, { manifest, blockers }: Issue): readonly Input[] {
  if (typeof input === 'object') return [{ dependentTasksOutputFiles: `**/${input.artifact}`, transitive: false }];
  const facts = '{projectRoot}/issue.json';
  switch (input) {
    case 'spec':
      return ['{projectRoot}/spec.md'];
    case 'base':
      // By its files, and not by what the commit is called. Older manifests do not know them.
      return [manifest.baseTree === undefined ? facts : { json: facts, excludeFields: ['base'] }];
    case 'blockers':
      return blockers.length === 0 ? [] : [APPROVED];
    case 'again':
      return [{ json: facts, fields: ['round'] }];
    case 'node':
      return [{ runtime: 'node --version' }];
    case 'review-only':
      return [{ env: REVIEW_ONLY_VARIABLE }];
  }
}
