import { lines, weakeningsIn } from './weakenings.fixture.js';

const PASSES = 'A check can no longer fail';
const SCRIPT = 'A script that checks is taken out';
const LOWER = 'A threshold is lowered or taken out';
const LEFT_OUT = 'A check leaves files out';
const RULE_OFF = 'A rule is switched off';
const COMPILER = 'The compiler checks less';
const SILENCED = '1 check switched off in the code';
const INSTALL = 'A script that runs at install is added or changed';

describe('a line of settings or code', () => {
  it.each(
    lines(`
      npm test || true  npm test || :  npm test || exit 0  npm test || echo failed  npm test ; true  npm test ; exit 0
      npm test --exit-zero  tests || true  lint || true  check || true  typecheck || true  tsc || true  jest || true
      vitest || true  mocha || true  ava || true  pytest || true  eslint || true  oxlint || true  biome || true
      playwright || true  cypress || true  e2e || true  coverage || true  validate || true  verify || true  passWithNoTests: true
      "passWithNoTests": true  passWithNoTests = true  --passWithNoTests  --pass-with-no-tests  continue-on-error: true
      allow_failure: true  ignoreFailures = true  <testFailureIgnore>true  allowOnly: true  dangerouslyIgnoreUnhandledErrors: true
      ignoreBuildErrors: true  ignoreDuringBuilds: true  'noErrorOnUnmatchedPattern': true  --updateSnapshot  --update-snapshots
      updateSnapshot: 'all'  "updateSnapshot": true  jest -u  npx vitest run -u
    `),
  )('%j lets a check pass', (line) => {
    expect(weakeningsIn('ci.yml', '', line)).toEqual([PASSES]);
  });

  it.each(lines('test  tests  lint  check  typecheck  e2e  coverage  validate  verify  lint:css'))(
    '"%s" is a script that checks',
    (name) => {
      expect(weakeningsIn('package.json', `    "${name}": "x",`, '')).toEqual([SCRIPT]);
      expect(weakeningsIn('apps/a/project.json', `    "${name}": {`, '')).toEqual([SCRIPT]);
      expect(weakeningsIn('package.json', `    "${name}": "x",`, `    "${name}": "true",`)).toEqual([SCRIPT]);
    },
  );

  it.each(['"true"', '":"', '"exit 0"', '"echo ok"', String.raw`"echo \"ok\""`, '""', '" "'])(
    '%s is a script that checks nothing',
    (hollow) => {
      expect(weakeningsIn('apps/a/package.json', '"test": "x"', `"test": ${hollow}`)).toEqual([SCRIPT]);
      expect(weakeningsIn('package.json', '"ci:test": "x",', `"ci:test": ${hollow},`)).toEqual([SCRIPT]);
    },
  );

  it.each(['branches', 'functions', 'lines', 'statements'])('"%s: 90" is a threshold where settings stand', (name) => {
    for (const path of ['pyproject.toml', 'setup.cfg', '.c8rc', 'pytest.ini', 'deno.jsonc', 'vite.config.mts', 'nx.json']) {
      expect(weakeningsIn(path, `${name}: 90`, `${name}: 80`)).toEqual([LOWER]);
    }
    expect(weakeningsIn('ci.yml', `${name}: 90`, `${name}: 80`)).toEqual([]);
  });

  it.each([
    ['coverage = 90', 'coverage = 80'],
    ['"coverage": "90"', '"coverage": "80"'],
    ['--fail-under 90', '--fail-under 80'],
    ['fail_under = 90.5', 'fail_under = 90.4'],
    ['--cov-fail-under=90', '--cov-fail-under=80'],
    ['threshold: 90', 'threshold: 80'],
    ['thresholdAutoUpdate: 3', ''],
    ['coverage: -10', 'coverage: -20'],
    ['--max-warnings 0', '--max-warnings 1'],
    ['--max-warnings=0', '--max-warnings=-1'],
    ['maxWarnings: 0', 'maxWarnings: 9'],
  ])('%j is a threshold that %j lowers', (before, after) => {
    expect(weakeningsIn('ci.yml', before, after)).toEqual([LOWER]);
    expect(weakeningsIn('ci.yml', after, before)).toEqual([]);
  });

  it.each(['testPathIgnorePatterns', 'coveragePathIgnorePatterns', 'modulePathIgnorePatterns', 'ignorePatterns', 'testIgnore'])(
    '"%s" leaves files out',
    (name) => {
      expect(weakeningsIn('package.json', '', `"${name}": []`)).toEqual([LEFT_OUT]);
    },
  );

  it.each(['vite.config.ts', 'apps/a/vite.config.mts'])('of %s leaves files out by "exclude"', (path) => {
    expect(weakeningsIn(path, '', 'exclude: []')).toEqual([LEFT_OUT]);
    expect(weakeningsIn('webpack.config.ts', '', 'exclude: []')).toEqual([]);
  });

  it.each(["semi: 'off'", '"semi": "off"', "semi: ['warn']", 'semi: 0,', 'semi: [0]', '{ semi: 0 }'])('%j switches a rule off', (line) => {
    expect(weakeningsIn('.eslintrc', 'x', line)).toEqual([RULE_OFF]);
  });

  it.each(['"semi": "off"', '"@a/semi": ["off"]'])('%j does so in package.json too', (line) => {
    expect(weakeningsIn('package.json', '', line)).toEqual([RULE_OFF]);
  });

  it.each([
    'strict',
    'strictNullChecks',
    'noImplicitAny',
    'exactOptionalPropertyTypes',
    'alwaysStrict',
    'checkJs',
    'useUnknownInCatchVariables',
  ])('"%s" is strictness of the compiler', (name) => {
    expect(weakeningsIn('tsconfig.json', '', `"${name}": false`)).toEqual([COMPILER]);
    expect(weakeningsIn('apps/a/jsconfig.base.json', `"${name}": true,`, '')).toEqual([COMPILER]);
  });

  it.each(['skipLibCheck', 'allowUnreachableCode', 'allowUnusedLabels'])('"%s" is laxness of the compiler', (name) => {
    expect(weakeningsIn('tsconfig.json', '', `"${name}": true`)).toEqual([COMPILER]);
  });

  it.each(
    lines(`
      /* eslint-disable */  /* oxlint-disable */  /* stylelint-disable */  // biome-ignore x  // prettier-ignore  // @ts-ignore
      // @ts-nocheck  // @ts-expect-error  # noqa  #type: ignore  # type:ignore  # pylint: disable=x  # pragma: no cover
      # rubocop:disable X  //nolint  // nolint:x  #[allow(dead_code)]  #![allow(dead_code)]  /* istanbul ignore next */
      /* c8 ignore next */  /* v8 ignore next */  /* node:coverage ignore next */  /* node:coverage disable */
      @SuppressWarnings("x")  // @phpstan-ignore-line  #pragma warning disable  // NOSONAR
    `),
  )('%j silences a check', (line) => {
    expect(weakeningsIn('src/a.ts', '', line)).toEqual([SILENCED]);
  });

  it.each(['md', 'mdx', 'txt', 'rst', 'adoc', 'html', 'csv'])('silences nothing in prose that ends in .%s, nor in a snapshot', (ending) => {
    expect(weakeningsIn(`a.${ending}`, '', '// @ts-ignore')).toEqual([]);
    expect(weakeningsIn('a.snap', '', '// @ts-ignore')).toEqual([]);
  });

  it.each(['install', 'preinstall', 'postinstall', 'prepare', 'postprepare', 'prepack'])('"%s" runs at install', (name) => {
    for (const path of ['package.json', 'apps/a/package.json']) expect(weakeningsIn(path, '', `"${name}": "x"`)).toEqual([INSTALL]);
  });

  it.each([
    ['ci.yml', '--pass-with-no-tests=false'],
    ['ci.yml', 'continue-on-error: false'],
    ['ci.yml', 'allow_failure: false'],
    ['ci.yml', 'rm -rf dist || true'],
    ['tsconfig.json', '"noEmit": false'],
    ['tsconfig.json', '"noResolve": false'],
    ['tsconfig.json', '"noLib": false'],
    ['eslint.config.mjs', '  # a comment'],
    ['eslint.config.mjs', '/* a comment */'],
    ['eslint.config.mjs', '  '],
  ])('of %s, %j, weakens nothing', (path, line) => {
    expect(weakeningsIn(path, '', line)).toEqual([]);
  });
});
