import type { SeededTree } from './review-pipeline.fixture.js';

export interface WeakenedDiff {
  readonly name: string;
  readonly before: SeededTree;
  readonly after: SeededTree;
  /** `file: what is said of it`, in order of the files. */
  readonly remarks: readonly string[];
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const SPEC = `import { add } from './add.js';

describe('add', () => {
  it('adds', () => {
    expect(add(1, 2)).toBe(3);
  });

  it('adds negative numbers', () => {
    expect(add(-1, -2)).toBe(-3);
  });
});
`;
const PYTHON =
  'from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n\n\ndef test_empty():\n    assert total([]) == 0\n';
const GO = 'package shop\n\nfunc TestTotal(t *testing.T) {\n\tif Total(1, 2) != 3 {\n\t\tt.Errorf("wrong")\n\t}\n}\n';
const PACKAGE = {
  name: 'shop',
  scripts: { build: 'tsc', clean: 'rm -rf dist || true', lint: 'eslint . --max-warnings=0', test: 'jest' },
  jest: { coverageThreshold: { global: { branches: 90, lines: 90 } } },
};
const JEST = "export default {\n  testEnvironment: 'node',\n  coverageThreshold: { global: { branches: 90, lines: 85 } },\n};\n";
const VITE =
  "import { defineConfig } from 'vite';\n\nexport default defineConfig({\n  server: { port: 3000 },\n  test: {\n    coverage: { thresholds: { lines: 80 } },\n  },\n});\n";
const PROJECT = {
  name: 'shop',
  targets: { test: { executor: '@nx/jest:jest', options: { jestConfig: 'jest.config.ts' } }, lint: { executor: '@nx/eslint:lint' } },
};
const CI = 'jobs:\n  check:\n    steps:\n      - run: npm ci\n      - run: npm test\n';
const ESLINT = "export default [\n  {\n    rules: {\n      'no-eval': 'error',\n    },\n  },\n];\n";
const TSCONFIG = '{\n  "compilerOptions": {\n    "strict": true,\n    "target": "es2022"\n  },\n  "references": []\n}\n';
const CASES = Array.from({ length: 20 }, (_, at) => `  it('case ${at}', () => {\n    expect(f(${at})).toBe(${at + 1});\n  });\n`).join('');

const without = (text: string, ...parts: readonly string[]): string => parts.reduce((rest, part) => rest.replace(part, ''), text);

const WEAKENED_TESTS: readonly WeakenedDiff[] = [
  { name: 'spec-deleted', before: { 'a.spec.ts': SPEC }, after: {}, remarks: ['a.spec.ts: 2 tests removed'] },
  {
    name: 'spec-to-bak',
    before: { 'src/a.spec.ts': SPEC, 'tests/b.spec.ts': CASES },
    after: { 'src/a.spec.ts.bak': SPEC, 'tests/b.ts': CASES },
    remarks: [
      'src/a.spec.ts.bak: A test file is renamed to a name that test runners pass by',
      'tests/b.ts: A test file is renamed to a name that test runners pass by',
    ],
  },
  {
    name: 'one-test-of-two-removed',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': without(SPEC, "  it('adds negative numbers', () => {\n    expect(add(-1, -2)).toBe(-3);\n  });\n") },
    remarks: ['a.spec.ts: 1 test removed'],
  },
  {
    name: 'removed-and-another-added-elsewhere',
    before: { 'a.spec.ts': SPEC, 'b.spec.ts': 'const x = 1;\n' },
    after: {
      'a.spec.ts': without(SPEC, "  it('adds', () => {\n    expect(add(1, 2)).toBe(3);\n  });\n"),
      'b.spec.ts': "const x = 1;\nit('is there', () => {\n  expect(x).toBe(1);\n});\n",
    },
    remarks: ['a.spec.ts: 1 test removed'],
  },
  {
    name: 'commented-out',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': SPEC.replace(/^/gm, '// ') },
    remarks: ['a.spec.ts: 2 tests removed'],
  },
  {
    name: 'emptied',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': without(SPEC, '    expect(add(1, 2)).toBe(3);\n') },
    remarks: ['a.spec.ts: 1 assertion removed'],
  },
  {
    name: 'always-true',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': SPEC.replace('expect(add(1, 2)).toBe(3)', 'expect(true).toBe(true)') },
    remarks: ['a.spec.ts: 1 assertion that can never fail'],
  },
  {
    name: 'only',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': SPEC.replace("it('adds'", "it.only('adds'") },
    remarks: ['a.spec.ts: 1 test skipped or singled out'],
  },
  {
    name: 'skip',
    before: { 'a.spec.ts': SPEC },
    after: { 'a.spec.ts': SPEC.replace('describe(', 'describe.skip(') },
    remarks: ['a.spec.ts: 1 test skipped or singled out'],
  },
  {
    name: 'skip-if',
    before: { 'a.test.ts': SPEC },
    after: { 'a.test.ts': SPEC.replace("it('adds'", "it.skipIf(process.env.CI)('adds'") },
    remarks: ['a.test.ts: 1 test skipped or singled out'],
  },
  {
    name: 'other-languages',
    before: { 'test_shop.py': PYTHON, 'shop_test.go': GO },
    after: {
      'test_shop.py': PYTHON.replace('def test_empty', '@pytest.mark.skip\ndef test_empty').replace(
        '    assert total([1, 2]) == 3',
        '    total([1, 2])',
      ),
      'shop_test.go': GO.replace('\t\tt.Errorf("wrong")\n', ''),
    },
    remarks: ['shop_test.go: 1 assertion removed', 'test_shop.py: 1 assertion removed', 'test_shop.py: 1 test skipped or singled out'],
  },
  {
    name: 'snapshots',
    before: {
      '__snapshots__/a.snap': 'exports[`a`] = `1`;\n',
      'shots/a.spec.ts-snapshots/a.png': Buffer.from([0, 1]),
      'b.snap': 'x\n',
      'c.snap': 'x\n',
    },
    after: {
      '__snapshots__/a.snap': 'exports[`a`] = `2`;\n',
      'shots/a.spec.ts-snapshots/a.png': Buffer.from([0, 2]),
      'c.snap': 'x\ny\n',
      'd.snap': 'new\n',
    },
    remarks: [
      '__snapshots__/a.snap: A stored snapshot is rewritten',
      'b.snap: A stored snapshot is deleted',
      'shots/a.spec.ts-snapshots/a.png: A stored snapshot is rewritten',
    ],
  },
];

const WEAKENED_CONFIGURATION: readonly WeakenedDiff[] = [
  {
    name: 'threshold-in-package',
    before: { 'package.json': json(PACKAGE) },
    after: { 'package.json': json({ ...PACKAGE, jest: { coverageThreshold: { global: { branches: 40, lines: 90 } } } }) },
    remarks: ['package.json: A threshold is lowered or taken out'],
  },
  {
    name: 'threshold-gone',
    before: { 'package.json': json(PACKAGE), 'libs/a/jest.config.ts': JEST, 'vite.config.ts': VITE },
    after: {
      'package.json': json({ ...PACKAGE, jest: {} }),
      'libs/a/jest.config.ts': JEST.replace('85', '8.5'),
      'vite.config.ts': VITE.replace('lines: 80', 'lines: 8'),
    },
    remarks: [
      'libs/a/jest.config.ts: A threshold is lowered or taken out',
      'package.json: A threshold is lowered or taken out',
      'vite.config.ts: A threshold is lowered or taken out',
    ],
  },
  {
    name: 'more-warnings',
    before: { 'package.json': json(PACKAGE) },
    after: { 'package.json': json(PACKAGE).replace('--max-warnings=0', '--max-warnings=99') },
    remarks: ['package.json: A threshold is lowered or taken out'],
  },
  {
    name: 'or-true',
    before: { 'package.json': json(PACKAGE) },
    after: { 'package.json': json(PACKAGE).replace('"jest"', '"jest || true"') },
    remarks: ['package.json: A check can no longer fail'],
  },
  {
    name: 'hollow-script',
    before: { 'package.json': json(PACKAGE) },
    after: { 'package.json': json(PACKAGE).replace('"jest"', String.raw`"echo \"no tests\""`) },
    remarks: ['package.json: A script that checks is taken out'],
  },
  {
    name: 'script-gone',
    before: { 'package.json': json(PACKAGE) },
    after: { 'package.json': json({ ...PACKAGE, scripts: { build: 'tsc', clean: 'rm -rf dist || true', test: 'jest' } }) },
    remarks: ['package.json: A script that checks is taken out', 'package.json: A threshold is lowered or taken out'],
  },
  {
    name: 'pass-with-no-tests',
    before: { 'project.json': json(PROJECT), 'nx.json': json({ targetDefaults: { test: { options: {} } } }), 'jest.config.ts': JEST },
    after: {
      'project.json': json({
        ...PROJECT,
        targets: { ...PROJECT.targets, test: { ...PROJECT.targets.test, options: { passWithNoTests: true } } },
      }),
      'nx.json': json({ targetDefaults: { test: { options: { passWithNoTests: true } } } }),
      'jest.config.ts': JEST.replace("'node',", "'node',\n  passWithNoTests: true,"),
    },
    remarks: ['jest.config.ts', 'nx.json', 'project.json'].map((file) => `${file}: A check can no longer fail`),
  },
  {
    name: 'target-gone',
    before: { 'project.json': json(PROJECT) },
    after: { 'project.json': json({ ...PROJECT, targets: { lint: PROJECT.targets.lint } }) },
    remarks: ['project.json: A script that checks is taken out'],
  },
  {
    name: 'ci',
    before: { '.github/workflows/ci.yml': CI, Makefile: 'test:\n\tjest\n' },
    after: {
      '.github/workflows/ci.yml': CI.replace('npm test\n', 'npm test\n        continue-on-error: true\n'),
      Makefile: 'test:\n\tjest || true\n',
    },
    remarks: [
      '.github/workflows/ci.yml: A check can no longer fail',
      '.github/workflows/ci.yml: What steers agents, hooks or pipelines is changed',
      'Makefile: A check can no longer fail',
    ],
  },
  {
    name: 'lint-rules',
    before: { 'eslint.config.mjs': ESLINT, 'src/a.ts': 'eval(x);\n' },
    after: { 'eslint.config.mjs': ESLINT.replace("'error'", "'off'"), 'src/a.ts': '// eslint-disable-next-line no-eval\neval(x);\n' },
    remarks: ['eslint.config.mjs: A rule is switched off', 'src/a.ts: 1 check switched off in the code'],
  },
  {
    name: 'lint-rule-gone',
    before: { '.eslintrc.json': json({ rules: { eqeqeq: 'error', semi: 'error' } }) },
    after: { '.eslintrc.json': json({ rules: { semi: 'error' } }) },
    remarks: ['.eslintrc.json: The configuration of a check is changed'],
  },
  {
    name: 'lint-renamed-away',
    before: { '.eslintrc.json': ESLINT },
    after: { '.eslintrc.json.old': ESLINT },
    remarks: ['.eslintrc.json.old: The configuration of a check is renamed away'],
  },
  {
    name: 'lint-deleted',
    before: { 'eslint.config.mjs': ESLINT },
    after: {},
    remarks: ['eslint.config.mjs: The configuration of a check is changed'],
  },
  {
    name: 'not-strict',
    before: { 'tsconfig.json': TSCONFIG },
    after: { 'tsconfig.json': TSCONFIG.replace('"strict": true', '"strict": false') },
    remarks: ['tsconfig.json: The compiler checks less'],
  },
  {
    name: 'excluded',
    before: { 'tsconfig.json': TSCONFIG },
    after: { 'tsconfig.json': TSCONFIG.replace('"references": []', '"references": [],\n  "exclude": ["src/hard.ts"]') },
    remarks: ['tsconfig.json: The compiler checks less'],
  },
  {
    name: 'tests-left-out',
    before: { 'jest.config.ts': JEST, 'vite.config.ts': VITE },
    after: {
      'jest.config.ts': JEST.replace("'node',", "'node',\n  testPathIgnorePatterns: ['hard'],"),
      'vite.config.ts': VITE.replace('  test: {\n', "  test: {\n    exclude: ['hard/**'],\n"),
    },
    remarks: ['jest.config.ts: A check leaves files out', 'vite.config.ts: A check leaves files out'],
  },
];

const STEERED = 'What steers agents, hooks or pipelines is changed';
const STEERING: readonly WeakenedDiff[] = [
  {
    name: 'steering',
    before: { 'AGENTS.md': lines(), '.claude/settings.json': '{}\n', 'sub/CLAUDE.md': 'Be strict.\n' },
    after: {
      'docs/old-agents.txt': lines(),
      '.claude/settings.json': '{"hooks":{}}\n',
      '.mcp.json': '{}\n',
      'nx-fleet.json': '{}\n',
      '.husky/pre-commit': { script: 'x\n' },
      '.vscode/tasks.json': '{}\n',
    },
    remarks: [
      '.claude/settings.json',
      '.husky/pre-commit',
      '.mcp.json',
      '.vscode/tasks.json',
      'docs/old-agents.txt',
      'nx-fleet.json',
      'sub/CLAUDE.md',
    ].map((file) => `${file}: ${STEERED}`),
  },
  {
    name: 'reviewers-in-nx-json',
    before: { 'nx.json': json({ plugins: [{ plugin: 'nx-fleet/plugin', options: { review: { blockOn: 'high' } } }] }) },
    after: { 'nx.json': json({ plugins: [{ plugin: 'nx-fleet/plugin', options: { review: { blockOn: 'none' } } }] }) },
    remarks: [`nx.json: ${STEERED}`],
  },
  {
    name: 'install-script',
    before: { 'libs/a/package.json': json({ scripts: {} }) },
    after: { 'libs/a/package.json': json({ scripts: { postinstall: 'node x.js' } }) },
    remarks: ['libs/a/package.json: A script that runs at install is added or changed'],
  },
];

const HARMLESS: readonly (readonly [string, SeededTree, SeededTree])[] = [
  [
    'moved-tests',
    { 'a.spec.ts': SPEC },
    {
      'a.spec.ts': without(SPEC, "  it('adds negative numbers', () => {\n    expect(add(-1, -2)).toBe(-3);\n  });\n"),
      'negative.spec.ts': "it('adds negative numbers', () => {\n  expect(add(-1, -2)).toBe(-3);\n});\n",
    },
  ],
  ['renamed-spec', { 'old.spec.ts': SPEC }, { 'new.spec.ts': SPEC }],
  ['reworded-test', { 'a.spec.ts': SPEC }, { 'a.spec.ts': SPEC.replace("'adds'", "'adds two numbers'").replace('toBe(3)', 'toEqual(3)') }],
  [
    'more-tests',
    { 'a.spec.ts': SPEC },
    { 'a.spec.ts': SPEC.replace('});\n\n  it', "});\n\n  it('adds zero', () => {\n    expect(add(0, 0)).toBe(0);\n  });\n\n  it") },
  ],
  ['model-fit', { 'tests/model.py': 'x = 1\n' }, { 'tests/model.py': 'x = 1\nmodel.fit(x)\n' }],
  [
    'unrelated-scripts',
    { 'package.json': json(PACKAGE) },
    {
      'package.json': json({
        ...PACKAGE,
        version: '2.0.0',
        scripts: { ...PACKAGE.scripts, build: 'tsc -b || exit 1', prune: 'rm -rf tmp || true' },
      }),
    },
  ],
  [
    'stricter',
    { 'package.json': json(PACKAGE), 'tsconfig.json': TSCONFIG },
    {
      'package.json': json(PACKAGE).replace('"branches": 90', '"branches": 95'),
      'tsconfig.json': TSCONFIG.replace('"target"', '"noUncheckedIndexedAccess": true,\n    "target"'),
    },
  ],
  [
    'threshold-moved',
    { 'package.json': json(PACKAGE) },
    {
      'package.json': json({ ...PACKAGE, jest: undefined }),
      'jest.config.ts': 'export default { coverageThreshold: { global: { branches: 90, lines: 95 } } };\n',
    },
  ],
  [
    'new-project',
    {},
    {
      'libs/b/project.json': json(PROJECT),
      'libs/b/jest.config.ts': JEST,
      'libs/b/tsconfig.json': TSCONFIG,
      'libs/b/eslint.config.mjs': ESLINT,
      'libs/b/a.spec.ts': SPEC,
      'libs/b/package.json': json(PACKAGE),
    },
  ],
  ['references', { 'tsconfig.json': TSCONFIG }, { 'tsconfig.json': TSCONFIG.replace('[]', '[{ "path": "./libs/b" }]') }],
  ['vite-port', { 'vite.config.ts': VITE }, { 'vite.config.ts': VITE.replace('3000', '30') }],
  [
    'compose',
    { 'docker-compose.yml': 'services:\n  db:\n    lines: 9\n    minimum: 9\n' },
    { 'docker-compose.yml': 'services:\n  db:\n    lines: 1\n    minimum: 1\n' },
  ],
  ['comment-in-config', { 'eslint.config.mjs': ESLINT }, { 'eslint.config.mjs': `// Ours.\n${ESLINT}` }],
  [
    'prose',
    { 'readme.txt': 'x\n' },
    { 'readme.txt': "x\nit.only('x')\n// eslint-disable-line\nnpm test || true\n", 'docs/guide.md': '@ts-ignore\n"test": "true"\n' },
  ],
  ['nx-cache-inputs', { 'nx.json': json({ namedInputs: { default: ['x'] } }) }, { 'nx.json': json({ namedInputs: { default: ['y'] } }) }],
  ['fixtures', { 'tests/fixtures/a.json': '{}\n', 'tests/logo.png': Buffer.from([0]) }, {}],
];

function lines(): string {
  return Array.from({ length: 20 }, (_, at) => `Rule ${at}.\n`).join('');
}

/** Changes as writers make them, with what has to be said of each; and such as nothing is to be said of. */
export const WEAKENED_DIFFS: readonly WeakenedDiff[] = [
  ...WEAKENED_TESTS,
  ...WEAKENED_CONFIGURATION,
  ...STEERING,
  ...HARMLESS.map(([name, before, after]) => ({ name, before, after, remarks: [] })),
];
