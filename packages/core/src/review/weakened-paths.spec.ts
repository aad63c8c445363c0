import { weakeningsIn } from './weakenings.fixture.js';

const SKIPPED = '1 test skipped or singled out';
const SNAPSHOT = 'A stored snapshot is rewritten';
const CHANGED = 'The configuration of a check is changed';
const PASSES = 'A check can no longer fail';
const STEERED = 'What steers agents, hooks or pipelines is changed';

/** Each path at the root, and in a folder. */
function everywhere(paths: string): readonly string[] {
  return paths
    .trim()
    .split(/\s+/)
    .flatMap((path) => [path, `apps/a/${path}`]);
}

describe('a file', () => {
  it.each(
    everywhere(`
      a.test.ts a.spec.js a_test.tsx a-test.jsx a.e2e.mts a.cy.cjs a.spec.mjs a.spec.cts a_test.go a_spec.rb a_test.py
      a_test.exs a_test.ex a_test.dart test_a.py ATest.java ATests.cs ATest.kt ATests.swift ATest.php __tests__/a.ts test/a.js
      tests/a.tsx tests/a.mts tests/a.cjs spec/a.py specs/a.go e2e/a.rb cypress/a.java tests/a.kt tests/a.cs tests/a.php
      tests/a.rs tests/a.swift tests/a.ex tests/a.exs tests/a.dart tests/b/c/a.ts
    `),
  )('named %s holds tests', (path) => {
    expect(weakeningsIn(path, '', "it.only('adds', f)")).toEqual([SKIPPED]);
  });

  it.each(['a.ts', 'contest.ts', 'latest/a.ts', 'tests/a.json', 'attest_a.py', 'a_test.txt', 'Tests.md'])('named %s holds none', (path) => {
    expect(weakeningsIn(path, '', "it.only('adds', f)")).toEqual([]);
  });

  it.each(
    everywhere(`
      a.snap a.snapshot __snapshots__/a.txt __screenshots__/a.html __image_snapshots__/a.json a-snapshots/b.xml
      __image_screenshots__/a.svg
    `),
  )('named %s is a stored snapshot', (path) => {
    expect(weakeningsIn(path, 'x', 'y')).toEqual([SNAPSHOT]);
    expect(weakeningsIn(path, '', 'y')).toEqual([]);
  });

  it.each(
    everywhere(`
      .eslintrc .eslintrc.json .eslintignore eslint.config.js eslint.config.mjs eslint.config.cts .oxlintrc.json
      oxlintrc.jsonc biome.json biome.jsonc .stylelintrc .stylelintrc.json jest.config.ts jest.preset.js vitest.workspace.ts
      playwright.config.ts cypress.config.ts karma.config.js .mocharc.js .nycrc .c8rc.json .coveragerc .codecov.yml
      .codecov.yaml codecov.yml codecov.yaml .golangci.yml .golangci.yaml .rubocop.yml .rubocop.yaml sonar-project.properties
      pytest.ini tox.ini .ruff.toml ruff.toml mypy.ini .flake8 .pylintrc phpstan.neon phpstan.dist.neon clippy.toml
    `),
  )('named %s configures a check', (path) => {
    expect(weakeningsIn(path, 'x', 'y')).toEqual([CHANGED]);
  });

  it.each(
    everywhere(`
      package.json project.json nx.json turbo.json deno.json deno.jsonc angular.json lerna.json vite.config.ts
      webpack.config.js rollup.config.mjs build.config.cts ci.yml ci.yaml check.sh check.bash pyproject.toml Cargo.toml
      setup.cfg Makefile justfile Rakefile pom.xml build.gradle build.gradle.kts
    `),
  )('named %s may say how a check runs', (path) => {
    expect(weakeningsIn(path, '', 'npm test || true')).toEqual([PASSES]);
  });

  it('named Jenkinsfile steers pipelines and may say how a check runs', () => {
    expect(weakeningsIn('Jenkinsfile', '', 'npm test || true')).toEqual([PASSES, STEERED]);
  });

  it.each(['src/app.ts', 'docs/ci.md', 'my-package.json.txt', 'Pipfile'])('named %s says nothing of it', (path) => {
    expect(weakeningsIn(path, '', 'npm test || true')).toEqual([]);
  });

  it.each(
    everywhere(`
      AGENTS.md AGENTS.override.md CLAUDE.md CLAUDE.local.md GEMINI.md QWEN.md CONVENTIONS.md .agents/a .claude/a
      .claude-plugin/a .codex/a .cursor/a .gemini/a .opencode/a .windsurf/a .clinerules/a .github/a .gitlab/a .husky/a
      .githooks/a .circleci/a .buildkite/a .woodpecker/a .vscode/a .devcontainer/a .mcp.json opencode.json opencode.jsonc
      .cursorrules .windsurfrules .clinerules nx-fleet.json nx-fleet-ignore.json .aider.conf.yml .aider.conf.yaml .gitlab-ci.yml .gitlab-ci.yaml
      .travis.yml .travis.yaml appveyor.yml appveyor.yaml bitbucket-pipelines.yml bitbucket-pipelines.yaml .drone.yml
      .drone.yaml lefthook.yml lefthook.yaml .lefthook-local.yml .lefthook-local.yaml .pre-commit-config.yml
      .pre-commit-config.yaml azure-pipelines.yml azure-pipelines.yaml .yarnrc.yml .yarnrc.yaml Jenkinsfile .gitmodules
      .gitattributes .npmrc .yarnrc .pnpmfile.cjs .pnpmfile.js .envrc
    `),
  )('named %s steers agents, hooks or pipelines', (path) => {
    expect(weakeningsIn(path, '', 'x')).toEqual([STEERED]);
  });

  it.each([
    'plugin',
    'plugins',
    'nx-fleet/plugin',
    'reviewers',
    'writer',
    'planner',
    'blockOn',
    'prompts',
    'tasksRunnerOptions',
    'review',
    'projects',
    'define',
  ])('named nx.json steers them by "%s"', (name) => {
    for (const path of everywhere('nx.json')) expect(weakeningsIn(path, '', `"${name}": []`)).toEqual([STEERED]);
  });
});
