import { createFakeGit } from '../../git/fake-git.js';
import { commitMessage, type CommitRequest } from './commit-message.js';

const tracker = { type: 'github', reference: '42', url: 'https://example.test/42' };

async function message(subjects: readonly string[], request: Partial<CommitRequest> & { readonly title?: string } = {}): Promise<string> {
  const git = createFakeGit();
  let base = git.root;
  for (const [index, subject] of subjects.entries()) base = git.commit([base], { 'a.txt': String(index) }, subject);
  const { title = 'Dark mode', ...rest } = request;
  return commitMessage({ manifest: { title, tracker }, purpose: 'issue', template: null, base, ...rest }, git);
}

const subject = async (...given: Parameters<typeof message>) => (await message(...given)).split('\n')[0];

describe('the message of a commit', () => {
  it('is plain where the history is, and names the issue', async () => {
    expect(await message(['More', 'Again'])).toBe('Dark mode\n\nIssue: https://example.test/42');
    expect(await subject([], { purpose: 'checks' })).toBe('Dark mode: fix failing checks');
    expect(await subject([], { purpose: 'review' })).toBe('Dark mode: address review');
  });

  it('is conventional where the history is', async () => {
    const history = ['feat(cart): add totals', 'fix!: parse', 'Merge'];
    expect(await subject(history)).toBe('feat: dark mode');
    expect(await subject(history, { title: 'API crashes on empty body' })).toBe('fix: API crashes on empty body');
    expect(await subject(history, { title: 'perf(db): one query' })).toBe('perf(db): one query');
    expect(await subject(history, { purpose: 'checks' })).toBe('fix: make checks pass for dark mode');
    expect(await subject(history, { purpose: 'review' })).toBe('fix: address review of dark mode');
  });

  it('ends with the number where the history does', async () => {
    expect(await subject(['feat: a (#1)', 'fix: b (#2)', 'x (#3)'])).toBe('feat: dark mode (#42)');
  });

  it("has the user's own form", async () => {
    expect(await message([], { template: 'chore: {title}\n\nRefs {reference} {url} {other}' })).toBe(
      'chore: Dark mode\n\nRefs 42 https://example.test/42 {other}',
    );
    expect(await message([], { template: '[bot] {subject}', purpose: 'review' })).toBe('[bot] Dark mode: address review');
  });
});
