import { parseSettings } from '@nx-fleet/core';
import { matchesGlob } from './stage-context.js';

const { exclude } = parseSettings([]).review;

describe('files that patterns leave out of reviews', () => {
  it.each(['package-lock.json', 'libs/a/pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'Cargo.lock', 'web/app.min.js', '.x/y.css.map'])(
    'are lock files and minified ones: %s',
    (path) => {
      expect(exclude.some((pattern) => matchesGlob(path, pattern))).toBe(true);
    },
  );

  it.each(['my-package-lock.json.ts', 'package-lock.json/a.ts', 'src/app.ts', 'yarn.lock.md', 'yarn\u200b.lock'])(
    'are not others: %s',
    (path) => {
      expect(exclude.filter((pattern) => matchesGlob(path, pattern))).toEqual([]);
    },
  );

  it.each([
    ['src/gen/a.ts', 'src/gen/**', true],
    ['b/src/gen/a.ts', 'src/gen/**', false],
    ['b/c/a.snap', '*.snap', true],
    ['.hidden/a.snap', '**/*.snap', true],
    ['src/gen/b.ts', '{lib,src}/gen/*.ts', true],
    ['#a.ts', '#a.ts', true],
  ])('are %s by %s: %s', (path, pattern, expected) => {
    expect(matchesGlob(path, pattern)).toBe(expected);
  });
});
