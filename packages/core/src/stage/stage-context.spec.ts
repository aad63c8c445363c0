import { PLAN_TARGET, stageIssue } from './staged-issue.contract.js';
import { requireIssue } from './stage-context.js';

describe('requireIssue', () => {
  it('gives manifest, spec and local state of a ready worktree', async () => {
    const issue = await stageIssue();
    const { manifest, spec, local } = await requireIssue(issue.context(PLAN_TARGET));
    expect([manifest.project, spec, local.worktree]).toEqual(['issue-42', '# Dark mode\n\nDo it.\n', issue.worktree]);
  });

  it('says how to make an issue that is not here', async () => {
    const issue = await stageIssue();
    await expect(requireIssue(issue.context(PLAN_TARGET, 'issue-7'))).rejects.toThrow(
      '"issue-7" does not exist here. Create it: nx g worktree --issue=7',
    );
  });

  it('refuses a worktree that is not ready', async () => {
    const issue = await stageIssue();
    issue.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
    await expect(requireIssue(issue.context(PLAN_TARGET))).rejects.toThrow(
      'The worktree of "issue-42" is not ready. Finish it: nx g worktree --issue=42',
    );
  });

  it('refuses one whose folder is gone, and one that git does not know', async () => {
    const deleted = await stageIssue();
    await deleted.host.discardDirectory(deleted.worktree);
    await expect(requireIssue(deleted.context(PLAN_TARGET))).rejects.toThrow(
      `The worktree "${deleted.worktree}" of "issue-42" is gone. Make it again: nx g worktree --issue=42`,
    );
    const unknown = await stageIssue();
    await unknown.git.removeWorktree(unknown.worktree);
    unknown.host.files.set(`${unknown.worktree}/left.txt`, '');
    await expect(requireIssue(unknown.context(PLAN_TARGET))).rejects.toThrow('is gone.');
  });

  it.each([
    ['other', 'on "other"'],
    [null, 'on a detached HEAD'],
  ])('refuses one on another branch: %s', async (branch, where) => {
    const issue = await stageIssue();
    issue.git.setWorktree(issue.worktree, { branch });
    await expect(requireIssue(issue.context(PLAN_TARGET))).rejects.toThrow(
      `"${issue.worktree}" is ${where}, not on "issue/42-dark-mode". Switch back:`,
    );
  });
});
