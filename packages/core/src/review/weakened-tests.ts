import { countLines, type FileDiff, type Remark, type TouchedFile, touchedFiles } from './file-diff.js';
import type { Finding } from './finding.js';
import { type IsJudge, steeringRemarks } from './steering.js';
import { weakenedConfiguration } from './weakened-configuration.js';
import type { ChangedFile } from '../git/git.js';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';

const TEST_NAME =
  /[._-](test|spec|e2e|cy)\.[cm]?[jt]sx?$|_(test|spec)\.(go|py|rb|exs?|dart)$|(^|\/)test_[^/]+\.py$|Tests?\.(java|kt|cs|swift|php)$/i;
const TEST_FOLDER =
  /(^|\/)(__tests__|tests?|specs?|e2e|cypress)\/(?:.*\/)?[^/]+\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|cs|php|rs|swift|exs?|dart)$/i;
const SNAPSHOT = /\.(snap|snapshot)$|(^|\/)__(image_)?(snapshots|screenshots)__\/|-snapshots\//i;
const TEST =
  /^\s*(?:(?:it|test|fit|xit|xtest|specify)\b[\w.]*\s*[(`]|(?:async\s+)?def test_|func Test|@(?:Parameterized)?Test\b|\[(?:Fact|Theory|Test|TestMethod)\b|#\[(?:\w+::)?test\b)/;
const ASSERTION =
  /\b(?:expect\w*|assert\w*|should)\b\s*[.(!]|\.should\b|^\s*assert\s|\brequire\.\w+\(t\b|\bt\.(?:is|not|equal|same|deepEqual|like|true|false|truthy|falsy|throws\w*|ok|pass|fail|Error\w*|Fatal\w*)\(|\bXCTAssert\w*\(|\bverify\(/;
const SKIP =
  /\b(?:it|test|describe|suite|context|specify)\b(?:\.\w+)*\.(?:skip\w*|todo|only|fixme|failing|runIf)\b|(?<![.\w])(?:x|f)(?:it|describe|context|test)\s*\(|\b(?:this|t|ctx)\.skip\(|\{\s*(?:skip|only|todo):(?!\s*false)|\bpytest\.(?:mark\.)?(?:skip\w*|xfail)\b|@(?:unittest\.)?(?:skip|expectedFailure)|\bt\.Skip|@(?:Disabled|Ignore)\b|\[Ignore|Skip\s*=\s*"|#\[ignore/;
const ALWAYS_TRUE =
  /\bexpect\(\s*(true|false|null|undefined|\d+|'[^']*'|"[^"]*")\s*\)\.(?:toBe|toEqual|toStrictEqual)\(\s*\1\s*\)|\bexpect\(\s*(?:true|1)\s*\)\.(?:toBeTruthy|toBeDefined|to\.be\.true|to\.be\.ok)|\bassert(?:\.ok|\.isTrue|True|_true)?!?\(\s*(?:true|1|True)\s*\)|^\s*assert\s+(?:True|1)\s*$/;
const NAME = /(['"`])(.*?)\1/;

/** Tests that are gone, skipped or assert less, and stored snapshots that are others than before. */
function weakenedTests(files: readonly TouchedFile[]): readonly Remark[] {
  const code = files.filter(({ path, from }) => isTest(path) || (from !== null && isTest(from)));
  const names = new Set(code.filter(({ path }) => isTest(path)).flatMap(({ added }) => testNames(added)));
  const lostAssertions = code.reduce((total, file) => total + lost(file, ASSERTION), 0);
  return [
    ...code.flatMap((file) => [...removedTests(file, names), ...emptiedTests(file, lostAssertions), ...skippedTests(file)]),
    ...files.flatMap(snapshotRemarks),
  ];
}

/** A test that is in another file now is not lost. */
function removedTests(file: TouchedFile, namesNow: ReadonlySet<string>): readonly Remark[] {
  const { path, from, kind, removed, added } = file;
  if (from !== null && (TEST_NAME.test(from) ? !TEST_NAME.test(path) : !isTest(path))) {
    return [remark(path, 'A test file is renamed to a name that test runners pass by', `It was "${from}".`)];
  }
  const gone = testNames(removed).filter((name) => !namesNow.has(name)).length;
  const fewer = Math.min(gone, countLines(removed, TEST) - countLines(added, TEST));
  if (fewer > 0) return [remark(path, `${count(fewer, 'test')} removed`, 'The change removes tests, and no other file has them.')];
  const hadTests = countLines(removed, TEST) > 0;
  return kind === 'deleted' && !hadTests ? [remark(path, 'A file of the tests is deleted', 'Look whether tests still need it.')] : [];
}

function emptiedTests(file: TouchedFile, lostEverywhere: number): readonly Remark[] {
  const { path, removed, added } = file;
  const assertions = lost(file, ASSERTION);
  const empty = countLines(added, ALWAYS_TRUE) - countLines(removed, ALWAYS_TRUE);
  const areTestsKept = countLines(removed, TEST) <= countLines(added, TEST);
  return [
    ...(areTestsKept && assertions > 0 && lostEverywhere > 0
      ? [remark(path, `${count(assertions, 'assertion')} removed`, 'The tests are as many as before and assert less.')]
      : []),
    ...(empty > 0 ? [remark(path, `${count(empty, 'assertion')} that can never fail`, 'They compare a constant with itself.')] : []),
  ];
}

function skippedTests({ path, added, removed }: TouchedFile): readonly Remark[] {
  const skips = countLines(added, SKIP) - countLines(removed, SKIP);
  return skips > 0
    ? [remark(path, `${count(skips, 'test')} skipped or singled out`, 'What is skipped, or left out beside an `only`, checks nothing.')]
    : [];
}

function snapshotRemarks({ path, from, kind, binary, removed }: TouchedFile): readonly Remark[] {
  if (!SNAPSHOT.test(path)) {
    return from !== null && SNAPSHOT.test(from) ? [remark(path, 'A stored snapshot is renamed away', `It was "${from}".`)] : [];
  }
  if (kind === 'deleted') return [remark(path, 'A stored snapshot is deleted', 'The next run stores the output of the code at that time.')];
  // A snapshot of new tests only adds lines; a binary one has none.
  const isRewritten = removed.length > 0 || (kind === 'modified' && binary);
  const body = 'The test compares with the current output of the code. Check that each difference is wanted.';
  return isRewritten ? [remark(path, 'A stored snapshot is rewritten', body)] : [];
}

/** Whether a file is a test, or stands among tests, by its name. */
export function isTest(path: string): boolean {
  return TEST_NAME.test(path) || TEST_FOLDER.test(path);
}

function lost({ removed, added }: TouchedFile, pattern: RegExp): number {
  return countLines(removed, pattern) - countLines(added, pattern);
}

/** What tests are called: the text of the call, or the whole line where it has none. */
function testNames(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => TEST.test(line)).map((line) => NAME.exec(line)?.[2] ?? line.trim());
}

function remark(file: string, title: string, body: string): Remark {
  return { file, category: 'tests', title, body };
}

/**
 * What a change does to the checks that it has to pass, and to whatever steers agents, pipelines and installs: facts of the diff, for users and
 * reviewers to judge. It runs nothing and trusts no claim.
 */
export function weakenedChecks(diffs: readonly FileDiff[], changed: readonly ChangedFile[], isJudge?: IsJudge): readonly Finding[] {
  const files = touchedFiles(diffs, changed);
  return [...weakenedTests(files), ...weakenedConfiguration(files), ...steeringRemarks(files, isJudge)].map(
    ({ file, category, title, body }) => ({
      category,
      severity: 'medium',
      confidence: 1,
      title,
      body: printableLine(body, 500),
      file,
      startLine: 0,
      endLine: 0,
      recommendation: '',
    }),
  );
}
