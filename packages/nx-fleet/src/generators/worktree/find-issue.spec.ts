import { parseSettings, UserError, type Issue, type PullRequest, type Settings, type Tracker } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { findIssue } from './find-issue.js';

const github = parseSettings([{ file: 'nx.json', value: { tracker: { type: 'github', repository: 'acme/shop' } } }]);
const markdown = parseSettings([]);

function anIssue(change: Partial<Issue> = {}): Issue {
  return { reference: '42', title: 'Dark mode', body: '', state: 'open', url: null, blockedBy: [], ...change };
}

function adaptersWith(tracker: Partial<Tracker>, files: Partial<Tracker> = {}): Adapters {
  return { tracker: async () => tracker, markdown: async () => files } as unknown as Adapters;
}

async function typeOf(given: string, settings: Settings, adapters: Adapters): Promise<unknown> {
  return (await findIssue(given, settings, adapters)).tracker;
}

describe('what a reference names', () => {
  const fetchIssue = async (reference: string): Promise<Issue> => anIssue({ reference });

  it('is an issue of the tracker', async () => {
    expect(await findIssue('42', github, adaptersWith({ fetchIssue }))).toEqual({
      issue: anIssue(),
      tracker: { type: 'github', reference: '42' },
    });
  });

  it('is a file when it looks like one, and is then found again by that name', async () => {
    const files = { fetchIssue: async () => anIssue({ reference: 'dark-mode' }) };
    expect(await typeOf('docs/dark-mode.md', github, adaptersWith({}, files))).toEqual({
      type: 'markdown',
      reference: 'docs/dark-mode.md',
    });
    expect(await typeOf('docs/dark-mode.md', markdown, adaptersWith({}, files))).toEqual({ type: 'markdown', reference: 'dark-mode' });
  });

  it('is refused when it is closed', async () => {
    const closed = adaptersWith({ fetchIssue: async () => anIssue({ state: 'closed', reference: '42\u001b[2J' }) });
    await expect(findIssue('42', github, closed)).rejects.toThrow('Issue "42" is closed. Reopen it if there is work left.');
  });

  describe('a pull request', () => {
    const pullRequest = { number: 12, title: 'Fix', body: 'It.', url: 'https://example.com/12', state: 'open' } as PullRequest;

    it('is an issue with its text, and no blockers', async () => {
      const asked: number[] = [];
      const adapters = adaptersWith({ fetchPullRequest: async (number) => (asked.push(number), pullRequest) });
      expect(await findIssue('PR-12', github, adapters)).toEqual({
        issue: { reference: 'pr-12', title: 'Fix', body: 'It.', url: 'https://example.com/12', state: 'open', blockedBy: [] },
        tracker: { type: 'github', reference: 'pr-12' },
        pullRequest,
      });
      expect(asked).toEqual([12]);
    });

    it.each(['merged', 'closed'] as const)('is refused when it is %s', async (state) => {
      const adapters = adaptersWith({ fetchPullRequest: async () => ({ ...pullRequest, state }) });
      await expect(findIssue('pr-12', github, adapters)).rejects.toThrow(`Pull request 12 is ${state}. Name an open one.`);
    });

    it('is refused by a tracker that has none', async () => {
      await expect(findIssue('pr-12', github, adaptersWith({ type: 'github' }))).rejects.toThrow(UserError);
    });

    it('is refused where issues are files and no file has that name', async () => {
      const missing = async (): Promise<Issue> => Promise.reject(new UserError('Issue "pr-12" does not exist.'));
      await expect(findIssue('pr-12', markdown, adaptersWith({ type: 'markdown', fetchIssue: missing }))).rejects.toThrow(
        'Cannot read pull request 12: the tracker is "markdown".',
      );
    });

    it('is the name of an issue like any other where issues are files', async () => {
      expect(await typeOf('pr-12', markdown, adaptersWith({ fetchIssue }))).toEqual({ type: 'markdown', reference: 'pr-12' });
    });
  });
});
