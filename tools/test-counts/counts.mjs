import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Where a project's jest runs leave their counts: an Nx output, so that a cache hit restores it. */
const FOLDER = 'test-results';

/** Writes the counts of one jest run under the run's name. A suite that could not start counts as one failure. */
export function writeCounts(projectRoot, results, name = 'counts') {
  mkdirSync(join(projectRoot, FOLDER), { recursive: true });
  const suites = (results.testResults ?? []).map(({ testFilePath, perfStats }) => ({
    suite: relative(ROOT, testFilePath),
    seconds: Math.round((perfStats.end - perfStats.start) / 1000),
  }));
  const counts = { passed: results.numPassedTests, failed: results.numFailedTests + results.numRuntimeErrorTestSuites, suites };
  writeFileSync(join(projectRoot, FOLDER, `${name}.json`), `${JSON.stringify(counts)}\n`);
}

export function clearCounts(root) {
  for (const project of projectsIn(root)) rmSync(join(project, FOLDER), { recursive: true, force: true });
}

/** The suites of all runs that took longest. */
export function slowestSuites(root, count) {
  return runsIn(root)
    .flatMap(({ suites }) => suites)
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, count);
}

/** The sum over every run that left counts. */
export function readCounts(root) {
  return runsIn(root).reduce((sum, one) => ({ passed: sum.passed + one.passed, failed: sum.failed + one.failed }), {
    passed: 0,
    failed: 0,
  });
}

export function formatCounts({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

function runsIn(root) {
  return projectsIn(root)
    .map((project) => join(project, FOLDER))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
}

function projectsIn(root) {
  return ['packages', 'e2e', '.']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true }).map((entry) => ({ folder, entry })))
    .filter(({ entry }) => entry.isDirectory())
    .map(({ folder, entry }) => join(folder, entry.name));
}
