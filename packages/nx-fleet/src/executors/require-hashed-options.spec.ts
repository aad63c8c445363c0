import type { TaskGraph } from '@nx/devkit';
import { requireHashedOptions } from './recipe.js';

const target = { inputs: ['{projectRoot}/spec.md', { runtime: 'echo nx-fleet-settings-now' }, { runtime: 'robot --version' }] };

function contextWith(nodes: Readonly<Record<string, string>> | undefined): Parameters<typeof requireHashedOptions>[0] {
  const id = 'issue-42:agent-plan';
  const task = {
    id,
    target: { project: 'issue-42', target: 'agent-plan' },
    overrides: {},
    outputs: [],
    cache: true,
    parallelism: true,
    ...(nodes === undefined ? {} : { hashDetails: { command: '1', nodes: { ...nodes } } }),
  };
  const taskGraph: TaskGraph = { roots: [id], tasks: { [id]: task }, dependencies: {}, continuousDependencies: {} };
  return { projectName: 'issue-42', targetName: 'agent-plan', taskGraph };
}

describe('requireHashedOptions', () => {
  it('takes a stage whose options are those of its key', () => {
    const nodes = { 'runtime:echo nx-fleet-settings-now': '1', 'runtime:robot --version': '2', 'issue-42:{projectRoot}/spec.md': '3' };
    expect(() => requireHashedOptions(contextWith(nodes), target, false)).not.toThrow();
  });

  it('refuses one whose options changed while it waited', () => {
    expect(() => requireHashedOptions(contextWith({ 'runtime:echo nx-fleet-settings-before': '1' }), target, true)).toThrow(
      'The options of this stage changed after Nx made its cache key. Run it again.',
    );
  });

  it('takes a stage of which Nx does not tell what it hashed, unless any option has changed since the command began', () => {
    for (const context of [contextWith(undefined), {}]) {
      expect(() => requireHashedOptions(context, target, true)).not.toThrow();
      expect(() => requireHashedOptions(context, target, false)).toThrow('The options of this stage changed');
    }
  });
});
