import type { TargetConfiguration } from '@nx/devkit';

/** Targets that concern all issues. Nothing is hashed: they show what is there now. */
export function fleetTargets(): Record<string, TargetConfiguration> {
  return {
    status: {
      executor: 'nx-fleet:status',
      cache: false,
      inputs: [{ externalDependencies: [] }],
      metadata: { description: 'Issues and stages with time, tokens, cost and verdict', technologies: ['nx-fleet'] },
    },
  };
}
