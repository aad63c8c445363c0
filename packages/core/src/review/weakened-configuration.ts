import { lowersThreshold } from './thresholds.js';
import { countLines, type Remark, type TouchedFile } from './file-diff.js';
import { count } from '../text/count.js';

const CHECK_CONFIGURATION =
  /(^|\/)(?:\.eslintrc(?:\.[a-z]+)?|\.eslintignore|eslint\.config\.[cm]?[jt]s|\.?oxlintrc\.jsonc?|biome\.jsonc?|\.stylelintrc[^/]*|(?:jest|vitest|playwright|cypress|karma)\.(?:config|preset|workspace)\.[^/]+|\.mocharc[^/]*|\.nycrc[^/]*|\.c8rc[^/]*|\.coveragerc|\.?codecov\.ya?ml|sonar-project\.properties|pytest\.ini|tox\.ini|\.?ruff\.toml|mypy\.ini|\.flake8|\.pylintrc|\.golangci\.ya?ml|\.rubocop\.ya?ml|phpstan[^/]*\.neon|clippy\.toml)$/i;
const COMPILER_CONFIGURATION = /(^|\/)[tj]sconfig[^/]*\.json$/i;
/** Files that may say how a check runs, among much else. */
const OTHER_CONFIGURATION =
  /(^|\/)(?:package|project|nx|turbo|deno|angular|lerna)\.jsonc?$|\.config\.[cm]?[jt]s$|\.(?:ya?ml|sh|bash)$|(^|\/)(?:pyproject|Cargo)\.toml$|(^|\/)(?:setup\.cfg|Makefile|justfile|Rakefile|Jenkinsfile|pom\.xml|build\.gradle(?:\.kts)?)$/i;
const SCRIPTS_FILE = /(^|\/)(?:package|project)\.json$/;

const CHECKS = '(?:tests?|lint|check|typecheck|e2e|coverage|validate|verify)';
const CHECK_WORD =
  /\b(?:tests?|lint|check|typecheck|tsc|jest|vitest|mocha|ava|pytest|eslint|oxlint|biome|playwright|cypress|e2e|coverage|validate|verify)\b/i;
const PASSES_ANYWAY = /\|\|\s*(?:(?:true|exit 0|echo)\b|:)|;\s*(?:true|exit 0)\b|--exit-zero\b/;
const LET_PASS =
  /passWithNoTests["']?\s*[:=]\s*true|--pass-?with-?no-?tests\b(?!=false)|continue-on-error:\s*(?!false)\S|allow_failure:\s*(?!false)\S|(?:dangerouslyIgnoreUnhandledErrors|ignoreBuildErrors|ignoreDuringBuilds|noErrorOnUnmatchedPattern|testFailureIgnore|ignoreFailures|allowOnly)["'>]?\s*[:=>]\s*true|--updateSnapshot\b|--update-snapshots\b|updateSnapshot["']?\s*:\s*(?:true|["']all)|\b(?:jest|vitest)\b[^"]*\s-u\b/i;
/** A script by the name of a check that checks nothing. */
const HOLLOW_SCRIPT = new RegExp(
  `"(?:\\w+:)?${CHECKS}(?::[\\w:-]+)?"\\s*:\\s*"\\s*(?:true|:|exit 0|echo\\b(?:\\\\.|[^&|;"\\\\])*|)\\s*"\\s*,?\\s*$`,
);
const CHECK_SCRIPT = new RegExp(`^\\s*"${CHECKS}(?::[\\w:-]+)?"\\s*:\\s*["{]`);
const EXCLUSION = /\b(?:testPathIgnorePatterns|coveragePathIgnorePatterns|modulePathIgnorePatterns|ignorePatterns|testIgnore)\b/;
const RULE_OFF = /[\w@/-]["']?\s*:\s*\[?\s*(?:["'](?:off|warn)["']|0\s*[,\]}])/;
const RULE_OFF_IN_PACKAGE = /"[\w@/-]+"\s*:\s*\[?\s*"off"/;
const FLAG = '(?:strict\\w*|no(?!Emit"|Resolve"|Lib")[A-Z]\\w*|exactOptionalPropertyTypes|alwaysStrict|checkJs|useUnknownInCatchVariables)';
const STRICT = new RegExp(`"${FLAG}"\\s*:\\s*true`);
const LOOSE = new RegExp(`"${FLAG}"\\s*:\\s*false|"(?:skipLibCheck|allowUnreachableCode|allowUnusedLabels)"\\s*:\\s*true`);
const PROSE = /\.(md|mdx|txt|rst|adoc|snap|html|csv)$/i;
const SUPPRESSION =
  /(?:eslint|oxlint|stylelint)-disable|(?:biome|prettier)-ignore|@ts-(?:ignore|nocheck|expect-error)|#\s*(?:noqa|type:\s*ignore|pylint:\s*disable|pragma:\s*no cover|rubocop:disable)|\/\/\s*nolint|#!?\[allow\(|(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)|@SuppressWarnings|@phpstan-ignore|#pragma warning disable|NOSONAR/;

/** What the change does to the settings of checks, and comments that silence them. */
export function weakenedConfiguration(files: readonly TouchedFile[]): readonly Remark[] {
  return files.flatMap((file) => [...suppressions(file), ...settings(file, files)]);
}

function suppressions({ path, added, removed }: TouchedFile): readonly Remark[] {
  const silenced = PROSE.test(path) ? 0 : countLines(added, SUPPRESSION) - countLines(removed, SUPPRESSION);
  return silenced > 0
    ? [remark(path, `${count(silenced, 'check')} switched off in the code`, 'A comment silences a linter, the compiler or the coverage.')]
    : [];
}

function settings(file: TouchedFile, files: readonly TouchedFile[]): readonly Remark[] {
  const { path, from } = file;
  const isOwn = CHECK_CONFIGURATION.test(path);
  const isCompiler = COMPILER_CONFIGURATION.test(path);
  if (from !== null && !isOwn && !isCompiler && (CHECK_CONFIGURATION.test(from) || COMPILER_CONFIGURATION.test(from))) {
    return [remark(path, 'The configuration of a check is renamed away', `It was "${from}".`)];
  }
  const weakened = isOwn || isCompiler || OTHER_CONFIGURATION.test(path) ? weakenedLines(file, files) : [];
  if (weakened.length > 0 || !isOwn || isHarmless(file)) return weakened;
  return [remark(path, 'The configuration of a check is changed', 'Look whether the check still finds what it found before.')];
}

/** New settings weaken nothing by being there; nor does another name that is one of settings, or a comment. */
function isHarmless({ kind, added, removed }: TouchedFile): boolean {
  if (kind === 'deleted') return false;
  return kind === 'added' || [...added, ...removed].every((line) => /^\s*(?:\/\/.*|#.*|\/\*.*\*\/|)\s*$/.test(line));
}

function weakenedLines(file: TouchedFile, files: readonly TouchedFile[]): readonly Remark[] {
  const { path, added, removed } = file;
  const more = (pattern: RegExp): boolean => countLines(added, pattern) > countLines(removed, pattern);
  const ruleOff = CHECK_CONFIGURATION.test(path) ? RULE_OFF : RULE_OFF_IN_PACKAGE;
  const seen: readonly (readonly [boolean, string, string])[] = [
    [
      more(LET_PASS) || passingAnyway(added) > passingAnyway(removed),
      'A check can no longer fail',
      'Its failure, or its finding nothing to check, counts as success.',
    ],
    [
      SCRIPTS_FILE.test(path) && (more(HOLLOW_SCRIPT) || losesScript(file)),
      'A script that checks is taken out',
      'What calls it by its name checks nothing, or fails.',
    ],
    [lowersThreshold(file, files), 'A threshold is lowered or taken out', 'The check lets more pass than before.'],
    [
      more(EXCLUSION) || (/(^|\/)vite\.config\.[^/]+$/.test(path) && more(/\bexclude\s*:/)),
      'A check leaves files out',
      'What is left out is not checked.',
    ],
    [!COMPILER_CONFIGURATION.test(path) && more(ruleOff), 'A rule is switched off', 'What it found is no longer found.'],
    [COMPILER_CONFIGURATION.test(path) && isLooser(file), 'The compiler checks less', 'Look why it has to.'],
  ];
  return seen.flatMap(([isSeen, title, body]) => (isSeen ? [remark(path, title, body)] : []));
}

/** Commands of checks that count as passed whatever comes of them. */
function passingAnyway(lines: readonly string[]): number {
  return lines.filter((line) => PASSES_ANYWAY.test(line) && CHECK_WORD.test(line)).length;
}

function losesScript({ kind, removed, added }: TouchedFile): boolean {
  return kind !== 'deleted' && countLines(removed, CHECK_SCRIPT) > countLines(added, CHECK_SCRIPT);
}

function isLooser({ kind, added, removed }: TouchedFile): boolean {
  if (kind === 'deleted') return true;
  const plain = (line: string): string => line.trim().replace(/,$/, '');
  const known = new Set(removed.map(plain));
  const excludes = kind !== 'added' && added.some((line) => /"exclude"\s*:/.test(line) && !known.has(plain(line)));
  return excludes || countLines(added, LOOSE) > countLines(removed, LOOSE) || countLines(removed, STRICT) > countLines(added, STRICT);
}

function remark(file: string, title: string, body: string): Remark {
  return { file, category: 'tests', title, body };
}
