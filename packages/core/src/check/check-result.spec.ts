import { describeChecks } from './check-result.js';

describe('describeChecks', () => {
  it.each([
    [[], 'no checks are configured'],
    [[['a', 'passed']], '1 check passed'],
    [
      [
        ['a', 'passed'],
        ['b', 'passed'],
      ],
      '2 checks passed',
    ],
    [[['a', 'ran-nothing']], '1 check ran nothing: "a"'],
    [
      [
        ['a', 'passed'],
        ['b', 'ran-nothing'],
        ['c', 'failed'],
      ],
      '1 check passed, 1 ran nothing: "b", 1 failed: "c"',
    ],
  ] as const)('calls %j "%s"', (checks, text) => {
    expect(describeChecks(checks.map(([command, outcome]) => ({ command, outcome })))).toBe(text);
  });
});
