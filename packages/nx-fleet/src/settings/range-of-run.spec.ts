import { isAffectedRun, isReviewOnly, rangeOfRun, rememberRange } from './range-of-run.js';

const remembered = (argv: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof rangeOfRun> => {
  rememberRange(argv, env);
  return rangeOfRun(env, undefined);
};

describe('what an Nx command compares', () => {
  it.each<[string[], string | null, string | null]>([
    [['affected', '-t', 'agent-review', '--base=origin/main', '--head=HEAD'], 'origin/main', 'HEAD'],
    [['affected', '--base', 'main', '--head', 'work'], 'main', 'work'],
    [['affected', '--base=one', '--base=two'], 'two', null],
    [['affected', '--baseline=x'], null, null],
    [['run', 'a:b', '--', '--base=x'], null, null],
    [['affected', '--base'], null, null],
  ])('is what %j says', (argv, base, head) => {
    expect(remembered(argv)).toEqual({ base, head });
  });

  it('is what the environment says where the command says nothing', () => {
    expect(remembered(['affected'], { NX_BASE: 'one', NX_HEAD: '' })).toEqual({ base: 'one', head: null });
    expect(remembered(['affected', '--base=two'], { NX_BASE: 'one' })).toEqual({ base: 'two', head: null });
  });

  it('is the default base of nx.json last of all', () => {
    expect(rangeOfRun({}, 'develop')).toEqual({ base: 'develop', head: null });
  });

  it('is not what an outer command compares', () => {
    const env: NodeJS.ProcessEnv = {};
    rememberRange(['affected', '--base=outer'], env);
    expect(remembered(['run', 'a:b'], env)).toEqual({ base: null, head: null });
    expect(env).toEqual({ NX_FLEET_BASE: '', NX_FLEET_HEAD: '', NX_FLEET_AFFECTED: '', NX_FLEET_REVIEW_ONLY: '' });
  });

  it.each([
    ['nx affected -t agent-review', true],
    ['nx --verbose affected -t lint', true],
    ['nx run-many -t affected', false],
    ['nx run issue-1:agent-review', false],
    ['nx run affected:agent-review', false],
  ])('knows that %s asks for what a change touches: %s', (command, expected) => {
    const env: NodeJS.ProcessEnv = { NX_FLEET_AFFECTED: 'of an outer command' };
    rememberRange(['node', ...command.split(' ')], env);
    expect(isAffectedRun(env)).toBe(expected);
  });

  it.each([
    ['nx run-many -t agent-review -p issue-*', true],
    ['nx run issue-1:agent-build--claude', true],
    ['nx run-many --targets=agent-validate,lint', true],
    ['nx run issue-1:agent-review -- agent-deliver', true],
    ['nx run-many -t agent-review,agent-deliver', false],
    ['nx agent-deliver issue-1', false],
    ['nx run issue-1:agent-fix--claude', false],
    ['nx run shop:of-mine', false],
  ])('knows that %s asks for a review and no fix: %s', (command, expected) => {
    const env: NodeJS.ProcessEnv = {};
    rememberRange(['node', ...command.split(' ')], env);
    expect(isReviewOnly(env)).toBe(expected);
  });
});
