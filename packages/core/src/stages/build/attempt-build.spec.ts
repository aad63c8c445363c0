import { buildIssue } from './build-issue.js';
import { failedCheck, stageIssue, writes, WRITTEN } from '../../stage/staged-issue.contract.js';

describe('a build whose checks are cancelled', () => {
  it('is none, though it was the last attempt; its work is kept, and the worktree is clean', async () => {
    const issue = await stageIssue({
      agent: writes('a.ts'),
      options: { build: { attempts: 1 } },
      commands: () => ({ ended: 'cancelled', exitCode: null }),
    });
    const context = issue.context(WRITTEN);
    await expect(buildIssue(issue.settings.build, context)).rejects.toThrow(
      `Check "lint" was cancelled, and the build with it; its work is kept. To continue: nx run issue-42:${WRITTEN}`,
    );
    expect(issue.out(WRITTEN, 'run.json')).toContain('"outcome": "failed"');
    const kept = [...issue.git.refs].filter(([ref]) => ref.startsWith('refs/nx-fleet/backup/'));
    expect(kept.map(([, commit]) => issue.git.filesOf(commit))).toMatchObject([{ 'a.ts': '1' }]);
    expect(issue.git.filesIn(issue.worktree).has('a.ts')).toBe(false);
  });

  it('differs from one whose checks fail, which stands as it is after its last attempt', async () => {
    const issue = await stageIssue({ agent: writes('a.ts'), options: { build: { attempts: 1 } }, commands: () => failedCheck('no') });
    await buildIssue(issue.settings.build, issue.context(WRITTEN));
    expect(issue.out(WRITTEN, 'run.json')).toContain('"outcome": "completed"');
  });
});
