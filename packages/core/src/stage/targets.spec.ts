import { checkoutTarget, parseTarget, targetOf } from './targets.js';

describe('names of targets', () => {
  it.each([
    ['agent-plan', 'agent-plan', 1, ''],
    ['agent-build--claude', 'agent-build', 1, 'claude'],
    ['agent-validate-2', 'agent-validate', 2, ''],
    ['agent-review-11--my-agent-2', 'agent-review', 11, 'my-agent-2'],
    ['agent-review--2', 'agent-review', 1, '2'],
    ['agent-e2e-3--a--b', 'agent-e2e', 3, 'a--b'],
  ])('%s is taken apart', (name, stage, round, agent) => {
    expect(parseTarget(name)).toEqual({ stage, round, agent });
  });

  it('are those of the round before, where a fix is brought to the branch', () => {
    expect([1, 2, 3].map(checkoutTarget)).toEqual(['agent-build', 'agent-fix', 'agent-fix-2']);
    expect([1, 2].map((round) => targetOf('agent-fix', 'claude', round))).toEqual(['agent-fix--claude', 'agent-fix-2--claude']);
  });
});
