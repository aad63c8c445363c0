import { describeChecks, hasRunNoTask } from './check-result.js';

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

/** As `nx affected -t test` writes it to a pipe where nothing is affected. */
const SAID: Readonly<Record<string, string>> = {
  '22.7.11': '\n NX   No tasks were run\n\n',
  '23.3.1': '\n NX   No tasks were run\n\n',
  '24.0.6': '\n NX   No tasks were run\n\n',
};

describe('hasRunNoTask', () => {
  it.each(Object.entries(SAID))('reads what Nx %s writes, where our plugin is not loaded', (_, stdout) => {
    for (const words of [
      ['nx', 'affected'],
      ['./nx', 'affected'],
      ['npx', 'nx', 'affected'],
      ['pnpm', 'exec', 'nx'],
      ['npx', 'nx@23.2.1'],
      ['node', 'node_modules/nx/bin/nx.js'],
    ]) {
      expect(hasRunNoTask({ words, notes: '', stdout })).toBe(true);
    }
  });

  it.each([
    ['another program', ['grep', 'x'], '\n NX   No tasks were run\n'],
    ['a sentence about it', ['nx', 'test'], 'expected "No tasks were run" to be shown\n'],
    ['silence', ['nx', 'format:check'], ''],
  ])('believes no %s', (_, words, stdout) => {
    expect(hasRunNoTask({ words, notes: '', stdout })).toBe(false);
  });
});
