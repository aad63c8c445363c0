import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearCounts, formatCounts, readCounts, writeCounts } from './counts.mjs';

describe('the counts of all test runs', () => {
  let root;
  const project = (path) => {
    mkdirSync(join(root, path), { recursive: true });
    return join(root, path);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-fleet-counts-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('sums what packages, end-to-end suites and tools left', () => {
    writeCounts(project('packages/a'), { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 0 });
    writeCounts(project('e2e/b'), { numPassedTests: 2, numFailedTests: 0, numRuntimeErrorTestSuites: 0 });
    writeCounts(project('tools'), { numPassedTests: 1, numFailedTests: 0, numRuntimeErrorTestSuites: 0 });
    project('packages/without-tests');
    expect(formatCounts(readCounts(root))).toBe('8 passed, 1 failed');
  });

  it('sums runs of one project that have names of their own', () => {
    writeCounts(project('e2e/b'), { numPassedTests: 2, numFailedTests: 0, numRuntimeErrorTestSuites: 0 });
    writeCounts(project('e2e/b'), { numPassedTests: 3, numFailedTests: 1, numRuntimeErrorTestSuites: 0 }, 'chaos');
    expect(readCounts(root)).toEqual({ passed: 5, failed: 1 });
  });

  it('counts a suite that could not start as a failure', () => {
    writeCounts(project('packages/a'), { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 });
    expect(readCounts(root)).toEqual({ passed: 0, failed: 1 });
  });

  it('forgets the run before', () => {
    writeCounts(project('packages/a'), { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 0 });
    clearCounts(root);
    expect(readCounts(root)).toEqual({ passed: 0, failed: 0 });
  });
});
