import type { TargetConfiguration } from '@nx/devkit';

/** Targets that concern all issues. Nothing is hashed: they show what is there now. */
export function fleetTargets(): Record<string, TargetConfiguration> {
  return {
    status: target('status', 'Issues and stages with time, tokens, cost and verdict'),
    report: target('report', 'What agents cost, by issue, stage and model, and what the cache saved'),
    doctor: target('doctor', 'Finishes or undoes what was interrupted, and gives back what nobody holds any more'),
    'db-refresh': target('db-refresh', 'Takes the state of now of the database as what later copies are made from'),
  };
}

function target(executor: string, description: string): TargetConfiguration {
  return {
    executor: `nx-fleet:${executor}`,
    cache: false,
    inputs: [{ externalDependencies: [] }],
    metadata: { description, technologies: ['nx-fleet'] },
  };
}
