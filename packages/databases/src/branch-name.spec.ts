import { branchName } from './ownership.js';

const owner = { repository: 'shop', clone: 'c10ec10e' };

describe('the name of a database branch', () => {
  it('says repository, project and clone', () => {
    expect(branchName({ ...owner, project: 'issue-42' })).toBe('shop_issue_42_c10ec10e');
  });

  it.each([63, 40])('has at most %d bytes, whatever the names are, and needs no quotes', (maxBytes) => {
    for (const project of ['issue-42', 'ŝtrāße-überprüfung-😀', 'x'.repeat(300), 'a-b-'.repeat(80), '日本語', '--', '']) {
      for (const repository of ['shop', 'The Very Long Name of a Repository', '日本']) {
        const name = branchName({ repository, clone: 'c10ec10e', project }, maxBytes);
        expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*_c10ec10e$/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(maxBytes);
      }
    }
  });

  it('starts with a letter, also for a repository that does not', () => {
    expect(branchName({ ...owner, repository: '2048', project: 'issue-42' })).toBe('db_2048_issue_42_c10ec10e');
  });

  it('differs for projects whose names are spelt or cut the same', () => {
    const projects = ['issue-42', 'Issue-42', 'issue_42', 'issue 42', '日本', '日本語', `${'long-'.repeat(30)}1`, `${'long-'.repeat(30)}2`];
    expect(new Set(projects.map((project) => branchName({ ...owner, project }))).size).toBe(projects.length);
  });

  it('is the same every time, and another for another clone', () => {
    const request = { ...owner, project: '日本' };
    expect(branchName(request)).toBe(branchName({ ...request }));
    expect(branchName({ ...request, clone: 'd00dd00d' })).not.toBe(branchName(request));
  });
});
