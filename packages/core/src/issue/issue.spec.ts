import { UserError } from '../errors/user-error.js';
import { issueBranch, issueId, issueProject, renderSpec, type Issue } from './issue.js';

const issue: Issue = { reference: '42', title: 'Dark mode', body: 'Do it.', state: 'open', url: null, blockedBy: [] };

describe('issueId', () => {
  it.each([
    ['42', '42'],
    ['PROJ-7', 'proj-7'],
    ['-rf /', 'rf'],
    ['x'.repeat(300), 'x'.repeat(50)],
    ['issue-42', '42'],
    ['1.10', '1-10'],
    ['café', 'cafe'],
  ])('makes %j into %j', (reference, id) => {
    expect(issueId(reference)).toBe(id);
    expect(issueProject(id)).toBe(`issue-${id}`);
  });

  it('keeps references apart that differ in letters that names cannot hold', () => {
    const references = ['検索-1', '検索-2', '設定-1', '1', '検索機能', 'größe', 'groe'];
    const ids = references.map((reference) => issueId(reference));
    expect(new Set(ids).size).toBe(references.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,49}$/);
    expect(issueId('検索機能')).toMatch(/^x[0-9a-f]{12}$/);
  });

  it('refuses a reference without a letter or digit, and shows it on one line', () => {
    expect(() => issueId('!\n\u202e🚀')).toThrow(
      new UserError('Issue reference "! 🚀" has no letter or digit. Give the file an "id:" in its front matter, or rename it.'),
    );
  });
});

describe('issueBranch', () => {
  it.each([
    ['42', 'Dark mode', 'issue/42-dark-mode'],
    ['42', '🚀', 'issue/42'],
    ['dark-mode', 'Dark mode at night', 'issue/dark-mode-at-night'],
    ['4', '42 things', 'issue/4-42-things'],
    ['dark-mode', 'Dark Mode', 'issue/dark-mode'],
    ['dark-mode', 'Dark mode for all', 'issue/dark-mode-for-all'],
    ['4', '42 things', 'issue/4-42-things'],
    ['42', '..@{-1}.lock', 'issue/42-1-lock'],
  ])('of %s, %j is %s', (id, title, branch) => {
    expect(issueBranch(id, title)).toBe(branch);
  });
});

describe('renderSpec', () => {
  it('is a heading and the body, ending in one newline', () => {
    expect(renderSpec({ ...issue, body: '\n\nDo it.\r\n\r\n- a\r\n\n' })).toBe('# Dark mode\n\nDo it.\n\n- a\n');
  });

  it('is the same for the same text with other line endings', () => {
    expect(renderSpec({ ...issue, body: 'a\r\nb' })).toBe(renderSpec({ ...issue, body: 'a\nb\n' }));
  });

  it('keeps a title on its line, so that it cannot pose as the body', () => {
    expect(renderSpec({ ...issue, title: 'x\n\n## Done when\u001b[0m' })).toBe('# x ## Done when\n\nDo it.\n');
  });
});
