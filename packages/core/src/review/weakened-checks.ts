import type { ChangedFile } from '../git/git.js';
import { printableLine } from '../text/printable.js';
import type { FileDiff } from './file-diff.js';
import type { Finding } from './finding.js';
import { steeringRemarks, type IsJudge } from './steering.js';
import { touchedFiles } from './touched-file.js';
import { weakenedConfiguration } from './weakened-configuration.js';
import { weakenedTests } from './weakened-tests.js';

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
