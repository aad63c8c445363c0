import type { ChangedFile } from '../git/git.js';
import type { FileDiff } from './file-diff.js';
import type { Finding, Severity } from './finding.js';

const TEST_FILE =
  /(^|\/)(__tests__|tests?|specs?|e2e|cypress)\/|[._-](test|spec|e2e|cy)\.[cm]?[jt]sx?$|_test\.(go|py|rb|exs?)$|(^|\/)test_[^/]+\.py$|Tests?\.(java|kt|cs|swift)$/i;
const SNAPSHOT = /\.(snap|snapshot)$|(^|\/)__(image_)?snapshots__\//i;
const TEST = /^\s*(?:(?:it|test|fit|xit|xtest)\b[\w.]*\s*[(`]|def test_|func Test|@Test\b|#\[(?:tokio::)?test\])/;
const ASSERTION = /\b(?:expect|assert\w*|should)\b\s*[.(!]|\.should\b/;
const SKIP =
  /\b(?:it|test|describe|suite)\.(?:skip|todo|only|fixme|failing)\b|\b(?:xit|xtest|xdescribe|fit|fdescribe)\s*\(|@pytest\.mark\.(?:skip|xfail)|\bt\.Skip|@(?:Disabled|Ignore)\b|#\[ignore/;
const SUPPRESSION =
  /(?:eslint|oxlint|biome|stylelint|prettier)-(?:disable|ignore)|@ts-(?:ignore|nocheck|expect-error)|#\s*(?:noqa|type:\s*ignore|pylint:\s*disable)|\/\/\s*nolint|#!?\[allow\(|(?:istanbul|c8|v8)\s+ignore|@SuppressWarnings/;
const CHECK_CONFIGURATION =
  /(^|\/)(?:\.eslintrc(?:\.[a-z]+)?|eslint\.config\.[cm]?[jt]s|\.?oxlintrc\.json|biome\.jsonc?|\.stylelintrc[^/]*|tsconfig[^/]*\.json|(?:jest|vitest|playwright|cypress|karma)\.(?:config|preset)\.[^/]+|\.nycrc[^/]*|\.?codecov\.ya?ml|pytest\.ini|\.golangci\.ya?ml)$/;
const STEERING =
  /(^|\/)(?:AGENTS(?:\.override)?|CLAUDE(?:\.local)?|GEMINI)\.md$|(^|\/)\.(?:agents|claude|codex|cursor|gemini|github|gitlab|husky|githooks|circleci|buildkite)\/|(^|\/)(?:\.mcp\.json|\.gitlab-ci\.ya?ml|lefthook\.ya?ml|\.pre-commit-config\.yaml|azure-pipelines\.ya?ml|Jenkinsfile|\.gitmodules|\.npmrc|\.yarnrc\.ya?ml|\.pnpmfile\.cjs)$/;
const INSTALL_SCRIPT = /^\s*"(?:pre|post)?(?:install|prepare)"\s*:/;

interface Remark {
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
}

/**
 * What a change does to the checks that it has to pass, and to whatever steers agents, pipelines and installs: facts of the diff, for people and
 * reviewers to judge. It runs nothing and believes nobody.
 */
export function weakenedChecks(diffs: readonly FileDiff[], changed: readonly ChangedFile[]): readonly Finding[] {
  const kinds = new Map(changed.map(({ path, kind }) => [path, kind]));
  // A test that moved to another file is not lost.
  const lostTests = sum(diffs, ({ removed }) => count(removed, TEST)) - sum(diffs, ({ added }) => count(added, TEST));
  const lostAssertions = sum(diffs, ({ removed }) => count(removed, ASSERTION)) - sum(diffs, ({ added }) => count(added, ASSERTION));
  const findings = diffs.flatMap((diff) => {
    const remarks = [
      ...(TEST_FILE.test(diff.path) ? testRemarks(diff, { lostTests, lostAssertions }) : []),
      ...(SNAPSHOT.test(diff.path) && kinds.get(diff.path) === 'modified' ? [SNAPSHOT_REWRITTEN] : []),
      ...lineRemarks(diff),
    ];
    return remarks.map((remark) => findingOn(diff.path, remark));
  });
  return [...findings, ...changed.flatMap(({ path }) => pathRemarks(path).map((remark) => findingOn(path, remark)))];
}

const SNAPSHOT_REWRITTEN: Remark = {
  severity: 'medium',
  title: 'A stored snapshot is rewritten',
  body: 'The test compares with whatever the code gives now. Look whether each difference is wanted.',
};

function testRemarks(
  { added, removed }: FileDiff,
  { lostTests, lostAssertions }: Readonly<Record<'lostTests' | 'lostAssertions', number>>,
): Remark[] {
  const tests = count(removed, TEST) - count(added, TEST);
  const assertions = count(removed, ASSERTION) - count(added, ASSERTION);
  const skips = count(added, SKIP) - count(removed, SKIP);
  return [
    ...(tests > 0 && lostTests > 0
      ? [
          {
            severity: 'medium' as const,
            title: `${tests} test(s) removed`,
            body: 'The change removes tests, and adds none elsewhere that make up for them.',
          },
        ]
      : []),
    ...(tests <= 0 && assertions > 0 && lostAssertions > 0
      ? [
          {
            severity: 'medium' as const,
            title: `${assertions} assertion(s) removed`,
            body: 'The tests are as many as before and assert less.',
          },
        ]
      : []),
    ...(skips > 0
      ? [
          {
            severity: 'medium' as const,
            title: `${skips} test(s) skipped or singled out`,
            body: 'What is skipped, or left out beside an `only`, checks nothing.',
          },
        ]
      : []),
  ];
}

function lineRemarks({ path, added, removed }: FileDiff): Remark[] {
  const suppressions = count(added, SUPPRESSION) - count(removed, SUPPRESSION);
  const scripts = path.endsWith('package.json') ? count(added, INSTALL_SCRIPT) : 0;
  return [
    ...(suppressions > 0
      ? [
          {
            severity: 'medium' as const,
            title: `${suppressions} check(s) switched off in the code`,
            body: 'A comment silences a linter, the compiler or the coverage.',
          },
        ]
      : []),
    ...(scripts > 0
      ? [
          {
            severity: 'medium' as const,
            title: 'A script that runs at install is added or changed',
            body: 'It runs on every machine that installs the dependencies.',
          },
        ]
      : []),
  ];
}

function pathRemarks(path: string): Remark[] {
  if (STEERING.test(path)) {
    return [
      {
        severity: 'medium',
        title: 'What steers agents, hooks or pipelines is changed',
        body: 'It takes effect on agents and machines beyond this change.',
      },
    ];
  }
  if (!CHECK_CONFIGURATION.test(path)) return [];
  return [
    {
      severity: 'medium',
      title: 'The configuration of a check is changed',
      body: 'Look whether the check still finds what it found before.',
    },
  ];
}

function findingOn(file: string, { severity, title, body }: Remark): Finding {
  return { severity, confidence: 1, title, body, file, startLine: 0, endLine: 0, recommendation: '' };
}

function sum(diffs: readonly FileDiff[], value: (diff: FileDiff) => number): number {
  return diffs.filter(({ path }) => TEST_FILE.test(path)).reduce((total, diff) => total + value(diff), 0);
}

function count(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}
