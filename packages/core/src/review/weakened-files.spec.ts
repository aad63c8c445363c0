import type { ChangedFile } from '../git/git.js';
import { weakenedChecks } from './weakened-tests.js';

interface Touched {
  readonly path: string;
  readonly kind?: ChangedFile['kind'];
  readonly from?: string;
  readonly binary?: boolean;
  readonly removed?: readonly string[];
  readonly added?: readonly string[];
}

function weakeningsIn(...files: readonly Touched[]): readonly string[] {
  const changed = files.map(({ path, from, binary = false, kind = from === undefined ? 'modified' : 'renamed' }) => ({
    path,
    kind,
    binary,
  }));
  const diffs = files.map(({ path, from = null, removed = [], added = [] }) => ({ path, from, hunks: [], removed, added }));
  return weakenedChecks(diffs, changed).map(({ file, title, body }) => `${file}: ${title}${body.includes('It was') ? ', renamed' : ''}`);
}

const STEERED = 'What steers agents, hooks or pipelines is changed';
const AWAY = 'A test file is renamed to a name that test runners pass by, renamed';

describe('a file as a whole', () => {
  it.each<[string, Touched, readonly string[]]>([
    ['help for tests is deleted', { path: 'tests/setup.ts', kind: 'deleted' }, ['tests/setup.ts: A file of the tests is deleted']],
    ['help for tests loses a line', { path: 'tests/setup.ts', removed: ['x'] }, []],
    ['tests are deleted', { path: 'a.spec.ts', kind: 'deleted', removed: ["it('a', f)"] }, ['a.spec.ts: 1 test removed']],
    ['tests move out of their folder', { path: 'src/a.ts', from: 'tests/a.ts' }, [`src/a.ts: ${AWAY}`]],
    ['tests move within their folder', { path: 'tests/b.ts', from: 'tests/a.ts' }, []],
    ['tests lose their ending', { path: 'tests/a.ts', from: 'tests/a.spec.ts' }, [`tests/a.ts: ${AWAY}`]],
    ['a snapshot is renamed away', { path: 'a.old', from: 'a.snap' }, ['a.old: A stored snapshot is renamed away, renamed']],
    ['another file is renamed', { path: 'a.old', from: 'a.txt' }, []],
    ['a snapshot is renamed', { path: 'b.snap', from: 'a.snap' }, []],
    ['a snapshot is renamed and rewritten', { path: 'b.snap', from: 'a.snap', removed: ['x'] }, ['b.snap: A stored snapshot is rewritten']],
    ['a picture is rewritten', { path: 'a-snapshots/a.png', binary: true }, ['a-snapshots/a.png: A stored snapshot is rewritten']],
    ['a picture is new', { path: 'a-snapshots/a.png', kind: 'added', binary: true }, []],
    ['a picture is renamed', { path: 'a-snapshots/b.png', from: 'a-snapshots/a.png', binary: true }, []],
    ['a snapshot is new', { path: 'a.snap', kind: 'added', added: ['x'] }, []],
    ['a check is configured by another name', { path: 'eslint.config.mjs', from: 'eslint.config.js' }, []],
    ['the compiler is configured by another name', { path: 'tsconfig.base.json', from: 'tsconfig.json' }, []],
    [
      'a check is no longer configured',
      { path: 'a.old', from: '.eslintrc' },
      ['a.old: The configuration of a check is renamed away, renamed'],
    ],
    ['nor the compiler', { path: 'a.old', from: 'tsconfig.json' }, ['a.old: The configuration of a check is renamed away, renamed']],
    ['what configures a check is gone', { path: '.eslintrc', kind: 'deleted' }, ['.eslintrc: The configuration of a check is changed']],
    ['a check is configured', { path: '.eslintrc', kind: 'added', added: ['{}'] }, []],
    [
      'only a comment goes, and a setting comes',
      { path: 'tox.ini', removed: ['# x'], added: ['x'] },
      ['tox.ini: The configuration of a check is changed'],
    ],
    ['what configures the compiler is gone', { path: 'tsconfig.json', kind: 'deleted' }, ['tsconfig.json: The compiler checks less']],
    ['the compiler is configured anew', { path: 'tsconfig.json', kind: 'added', added: ['"exclude": ["dist"]'] }, []],
    ['an exclusion stays', { path: 'tsconfig.json', removed: ['"exclude": []'], added: ['  "exclude": [],'] }, []],
    ['another key of the compiler', { path: 'tsconfig.json', added: ['"semi": "off"', '"files": []'] }, []],
    ['a warning in package.json', { path: 'package.json', added: ['"semi": "warn"'] }, []],
    ['a task of another tool is gone', { path: 'turbo.json', removed: ['"test": {'] }, []],
    ['a whole package is gone', { path: 'package.json', kind: 'deleted', removed: ['"test": "jest"', '"branches": 90'] }, []],
    ['as many warnings as before', { path: 'ci.yml', removed: ['--max-warnings 3'], added: ['--max-warnings 3 .'] }, []],
    ['a plugin is taken out', { path: 'nx.json', removed: ['"plugin": "x"'] }, [`nx.json: ${STEERED}`]],
    ['an item of an option goes', { path: 'nx.json', removed: ['  "src/**",'] }, [`nx.json: ${STEERED}`]],
    ['another option', { path: 'nx.json', added: ['"parallel": 3,', '"defaultBase": "main"'] }, []],
    ['"plugin" in another file', { path: 'project.json', added: ['"plugin": "x"', '"install": {}'] }, []],
    ['rules of agents are renamed away', { path: 'a.txt', from: 'AGENTS.md' }, [`a.txt: ${STEERED}, renamed`]],
    ['rules of agents are changed', { path: 'AGENTS.md', removed: ['x'] }, [`AGENTS.md: ${STEERED}`]],
    ['hidden text stays', { path: 'a.ts', removed: ['a\u200b'], added: ['b\u200b'] }, []],
    ['hidden text goes', { path: 'a.ts', removed: ['a\u200b'] }, []],
    ['a name hides text', { path: 'a\u202e.ts', added: ['x'] }, ['a\u202e.ts: A name with characters that hide or reorder text']],
  ])('%s', (_, file, expected) => {
    expect(weakeningsIn(file)).toEqual(expected);
  });

  it('loses no assertion that stands in another one', () => {
    const [one, other] = [
      { path: 'a.spec.ts', removed: ['expect(a).toBe(1)'] },
      { path: 'b.spec.ts', added: ['expect(a).toBe(1)'] },
    ];
    expect(weakeningsIn(one, other)).toEqual([]);
    expect(weakeningsIn({ path: 'c.spec.ts', removed: ['x'] }, one)).toEqual(['a.spec.ts: 1 assertion removed']);
  });

  it('may go when its tests stand in another one', () => {
    const [removed, added] = [["it('a', f)"], ["it('a', f)"]];
    expect(weakeningsIn({ path: 'a.spec.ts', kind: 'deleted', removed }, { path: 'b.spec.ts', kind: 'added', added })).toEqual([]);
  });

  it('that loses tests is not said to lose their assertions too', () => {
    expect(weakeningsIn({ path: 'a.spec.ts', removed: ["it('a', f)", 'expect(a).toBe(1)'] })).toEqual(['a.spec.ts: 1 test removed']);
  });
});
