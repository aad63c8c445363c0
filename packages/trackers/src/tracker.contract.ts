import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, type Issue, type Tracker } from '@nx-fleet/core';
import { createTemporaryFolder, removeTemporaryFolders } from './temporary-folder.contract.js';

/** An issue that stands in the tracker under test. */
export interface GivenIssue {
  /** A number, so that all trackers can have it. */
  readonly reference: string;
  readonly title?: string;
  readonly body?: string;
  readonly state?: Issue['state'];
  readonly blockedBy?: readonly string[];
}

type MakeTracker = (issues: readonly GivenIssue[]) => Promise<Tracker>;

/** What every tracker does. `make` cleans up after itself in an `afterEach` of its spec. */
export function describeTracker(name: string, make: MakeTracker): void {
  describe(`${name} as a tracker`, () => {
    afterEach(removeTemporaryFolders);

    it('fetches an issue by its reference', async () => {
      const tracker = await make([
        { reference: '41', title: 'Other' },
        { reference: '42', title: 'Dark mode', body: 'Make it dark.\n\n- toggle' },
      ]);
      await expect(tracker.fetchIssue('42')).resolves.toEqual({
        reference: '42',
        title: 'Dark mode',
        body: 'Make it dark.\n\n- toggle',
        state: 'open',
        url: tracker.type === 'markdown' ? null : expect.stringMatching(/^https?:\/\/.*42$/),
        blockedBy: [],
      });
    });

    it('finds an issue by the reference that it gave it', async () => {
      const tracker = await make([{ reference: '42', title: 'Dark mode' }]);
      const { reference } = await tracker.fetchIssue('42');
      await expect(tracker.fetchIssue(reference)).resolves.toMatchObject({
        reference,
        title: 'Dark mode',
      });
    });

    it('takes white space around a reference as none', async () => {
      const tracker = await make([{ reference: '42' }]);
      await expect(tracker.fetchIssue(' 42\n')).resolves.toMatchObject({ reference: '42' });
    });

    it.each(['4711', '', '   ', '--help', '../../etc/passwd', '42; touch x', 'a\u0000b', '\u001B[31mred', 'x'.repeat(5000)])(
      'refuses %j with one printable line for the user',
      async (reference) => {
        const tracker = await make([{ reference: '42' }]);
        const error = await tracker.fetchIssue(reference).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UserError);
        // oxlint-disable-next-line no-control-regex
        expect((error as UserError).message).toMatch(/^[^\u0000-\u001F]{10,600}$/);
      },
    );

    it('says that an issue is closed', async () => {
      const tracker = await make([{ reference: '42', state: 'closed' }]);
      await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ state: 'closed' });
    });

    it.each([
      ['quotes, backticks and backslashes', `"double" 'single' \`tick\` \\ %PATH% $HOME`],
      ['newlines', 'first\nsecond: line\n---\n# third'],
      ['terminal escapes', '\u001B]0;title\u0007\u001B[31mred\u001B[0m'],
      ['emoji and other scripts', '🌙 Dark mode für 日本語 عربى'],
      ['300 characters', 'long '.repeat(60).trim() + 'x'],
      ['YAML and Markdown', '{a: [b]} &anchor *alias !!tag # not a comment'],
    ])('passes a title with %s on as it is', async (_kind, title) => {
      const tracker = await make([{ reference: '42', title }]);
      await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ title });
    });

    it('executes nothing of a title or a body', async () => {
      const marker = join(await createTemporaryFolder(), 'executed');
      const attack = `$(touch ${marker}) \`touch ${marker}\` ; touch ${marker} | touch ${marker} #{\`touch ${marker}\`}`;
      const tracker = await make([{ reference: '42', title: attack, body: attack }]);
      await expect(tracker.fetchIssue('42')).resolves.toMatchObject({
        title: attack,
        body: attack,
      });
      expect(existsSync(marker)).toBe(false);
    });

    it('names the issues that block one, each once', async () => {
      const tracker = await make([{ reference: '39' }, { reference: '41' }, { reference: '42', blockedBy: ['41', '39', '41'] }]);
      await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ blockedBy: ['41', '39'] });
    });

    it('leaves out a blocker that is closed, and the issue itself', async () => {
      const tracker = await make([
        { reference: '40' },
        { reference: '41', state: 'closed' },
        { reference: '42', blockedBy: ['41', '42', '40'] },
      ]);
      await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ blockedBy: ['40'] });
    });

    it('has both questions about pull requests, or neither', async () => {
      const tracker = await make([]);
      expect(tracker.fetchPullRequest === undefined).toBe(tracker.pullRequestsOf === undefined);
      expect(tracker.fetchPullRequest === undefined).toBe(tracker.type === 'markdown');
    });

    it('answers many questions at the same time', async () => {
      const references = Array.from({ length: 12 }, (_, index) => String(index + 1));
      const tracker = await make(references.map((reference) => ({ reference, title: `Title ${reference}` })));
      const issues = await Promise.all(references.map((reference) => tracker.fetchIssue(reference)));
      expect(issues.map(({ title }) => title)).toEqual(references.map((reference) => `Title ${reference}`));
    });
  });
}
