import { projectNamed } from './project-named.js';

describe('the project that a reference means', () => {
  it.each([
    ['issue-20', ['issue-20', 'issue-20-topic'], 'issue-20'],
    ['issue-20', ['issue-20-topic', 'issue-201'], 'issue-20-topic'],
    ['issue-20', ['issue-20-topic', 'issue-20-other'], 'issue-20'],
    ['issue-20', ['issue-201'], 'issue-20'],
  ])('is, of %s among %j, %s', (project, known, expected) => {
    expect(projectNamed(project, known)).toBe(expected);
  });
});
