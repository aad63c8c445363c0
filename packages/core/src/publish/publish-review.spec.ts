import { createFakeGit, type FakeGit } from '../git/fake-git.js';
import { createFakeHost, type FakeHost } from '../host/fake-host.js';
import type { ChangesIndex } from '../changes/changes-artifact.js';
import { UserError } from '../errors/user-error.js';
import { aFinding, aReview } from '../review/finding.contract.js';
import type { Finding, Severity } from '../review/finding.js';
import { IGNORE_FILE } from '../review/ignore-file.js';
import { createFakeReviewComments, type FakeReviewComments } from './fake-review-comments.js';
import { publishReview, type Publication } from './publish-review.js';
import { COMMENT_MARKER } from './render-comment.js';
import { verdictOn } from './report.contract.js';

const NOTHING = { version: 1, findings: [] };

interface Pipeline {
  readonly host: FakeHost;
  readonly git: FakeGit;
  readonly comments: FakeReviewComments;
  /** What the reviews of project `a` find now. */
  find(...findings: readonly Partial<Finding>[]): Promise<void>;
  publish(change?: { readonly head?: string; readonly nowhere?: boolean; readonly blockOn?: Severity | 'none' }): Promise<Publication>;
}

function pipeline(files: Readonly<Record<string, string>> = {}): Pipeline {
  const git = createFakeGit({ files: { 'README.md': 'hello\n', ...files } });
  const host = createFakeHost({ now: new Date('2026-06-01T12:00:00Z') });
  const comments = createFakeReviewComments();
  return {
    host,
    git,
    comments,
    find: async (...findings) => {
      const review = aReview({ ...(await treesOf(git)), findings: findings.map((finding) => aFinding(finding)) });
      await host.artifacts.write('a', 'agent-review--codex', 'review.json', JSON.stringify(review));
    },
    publish: async ({ head = git.root, nowhere = false, blockOn = 'high' } = {}) =>
      publishReview(
        { ...(await changesOf(git)), head },
        async () => (nowhere ? { kind: 'nowhere', why: 'It is a fork.' } : { kind: 'pull-request', comments }),
        { project: 'fleet', target: 'publish-review', git, host, gate: { reviewers: ['codex'], blockOn } },
      ),
  };
}

async function treesOf(git: FakeGit): Promise<{ readonly tree: string; readonly baseTree: string }> {
  const tree = (await git.resolveTree(git.root)) ?? '';
  return { tree, baseTree: tree };
}

async function changesOf(git: FakeGit): Promise<ChangesIndex> {
  return { version: 1, base: git.root, head: git.root, projects: [{ project: 'a', ...(await treesOf(git)) }], skipped: [] };
}

async function fingerprintOf(...findings: readonly Partial<Finding>[]): Promise<string> {
  const one = pipeline();
  await one.find(...findings);
  return (await one.publish()).report.findings[0]?.fingerprint ?? '';
}

describe('publishReview', () => {
  it('makes a comment, then leaves it alone until there is something else to say', async () => {
    const { find, publish, comments } = pipeline();
    await find({}, { title: 'Slow' });
    expect(await publish()).toMatchObject({ comment: { kind: 'created', place: 'acme/shop#12' }, report: { verdict: 'request-changes' } });
    expect((await publish()).comment.kind).toBe('unchanged');
    const [kept = { id: '', writer: 'us', body: '' }] = comments.all;
    comments.all[0] = { ...kept, body: `${kept.body.replaceAll('\n', '\r\n')}\r\n` };
    expect((await publish()).comment.kind).toBe('unchanged');
    await find({ title: 'Slow' });
    expect((await publish()).comment.kind).toBe('updated');
    expect((await publish()).comment.kind).toBe('unchanged');
    expect(comments.log).toEqual(['create', 'update 1']);
    expect(comments.all[0]?.body).toContain('~~Null is not handled~~');
  });

  it('says nothing where there is nothing to say, and corrects what it has said', async () => {
    const { find, publish, comments } = pipeline();
    await find();
    expect((await publish()).comment.kind).toBe('needless');
    await find({});
    await publish();
    await find();
    expect(await publish()).toMatchObject({ comment: { kind: 'updated' }, report: { verdict: 'approve' } });
    expect(comments.all[0]?.body).toContain('review: approved');
  });

  it('writes its files, in a pull request and outside of one', async () => {
    const { find, publish, host } = pipeline();
    await find({});
    expect((await publish({ nowhere: true })).comment).toEqual({ kind: 'nowhere', why: 'It is a fork.' });
    const read = async (file: string): Promise<string> => (await host.artifacts.read('fleet', 'publish-review', file)) ?? '';
    expect(JSON.parse(await read('review.sarif'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(await read('gl-code-quality-report.json'))).toHaveLength(1);
    expect(await read('comment.md')).toContain(COMMENT_MARKER);
  });

  it.each([
    ['no review', null],
    ['one of another tree', { tree: 'c'.repeat(40) }],
    ['one of another base', { baseTree: 'c'.repeat(40) }],
    ['one with a key that nobody knows', { approved: true }],
    ["another reviewer's", { reviewer: 'claude' }],
  ])('lets nothing pass with %s', async (_, change) => {
    const { publish, host, git } = pipeline();
    const text = JSON.stringify({ ...aReview(await treesOf(git)), ...change });
    if (change !== null) await host.artifacts.write('a', 'agent-review--codex', 'review.json', text);
    // What lies there of another time, or came with the change, says nothing.
    await host.artifacts.write(
      'a',
      'agent-review',
      'verdict.json',
      JSON.stringify({ ...verdictOn([]), ...(await treesOf(git)), spec: 'spec' }),
    );
    expect((await publish()).report).toMatchObject({ verdict: 'request-changes', missing: ['a'] });
  });

  it('judges by the settings of now', async () => {
    const { find, publish } = pipeline();
    await find({ severity: 'medium' });
    expect((await publish()).report.verdict).toBe('approve');
    expect((await publish({ blockOn: 'medium' })).report.verdict).toBe('request-changes');
  });

  it('says what it found where the pull request can be neither read nor written', async () => {
    const { find, publish, host, comments } = pipeline();
    await find({});
    const refuse = async (): Promise<never> => {
      throw new UserError('GitHub refuses it.');
    };
    const { create } = comments;
    comments.create = refuse;
    expect(await publish()).toMatchObject({
      comment: { kind: 'nowhere', why: 'GitHub refuses it' },
      report: { verdict: 'request-changes' },
    });
    comments.create = create;
    comments.readThread = refuse;
    await find();
    expect(await publish()).toMatchObject({ comment: { kind: 'nowhere', why: 'GitHub refuses it' }, report: { verdict: 'approve' } });
    expect(await host.artifacts.read('fleet', 'publish-review', 'review.sarif')).not.toBeNull();
    expect(comments.log).toEqual([]);
  });

  it('looks for a comment whose creation got no answer, and never sends it again', async () => {
    const { find, publish, comments } = pipeline();
    const { create } = comments;
    comments.create = async (body) => {
      await create(body);
      throw new UserError('The server answered 502.');
    };
    await find({});
    expect((await publish()).comment.kind).toBe('created');
    expect((await publish()).comment.kind).toBe('unchanged');
    expect(comments.log).toEqual(['create']);
  });

  it('takes the other of two comments that a race has made away', async () => {
    const { find, publish, comments } = pipeline();
    comments.add('us', `${COMMENT_MARKER} old`);
    comments.add('us', `${COMMENT_MARKER} twin`);
    await find({});
    await publish();
    expect(comments.log).toEqual(['remove 2', 'update 1']);
  });

  it('listens to people who may write only', async () => {
    const { find, publish, comments } = pipeline();
    const name = await fingerprintOf({});
    await find({});
    comments.add('outsider', `nx-fleet dismiss ${name} mine`);
    const refused = await publish();
    expect(refused.report.verdict).toBe('request-changes');
    expect(comments.all[1]?.body).toContain('outsider has no write access here');
    comments.add('member', `nx-fleet dismiss ${name} Meant so.`);
    expect((await publish()).report).toMatchObject({ verdict: 'approve', findings: [{ dismissal: { by: 'member', from: 'reply' } }] });
    comments.add('member', `nx-fleet undismiss ${name}`);
    expect((await publish()).report.verdict).toBe('request-changes');
  });

  it('in the merge queue listens, and writes nothing', async () => {
    const { find, host, git, comments } = pipeline();
    const name = await fingerprintOf({});
    await find({});
    comments.add('us', `${COMMENT_MARKER} old`);
    comments.add('us', `${COMMENT_MARKER} twin`);
    comments.add('member', `nx-fleet dismiss ${name} Meant so.`);
    const place = { kind: 'read-only' as const, comments, why: 'It is the merge queue.' };
    const { report, comment } = await publishReview(await changesOf(git), async () => place, {
      project: 'fleet',
      target: 'publish-review',
      git,
      host,
      gate: { reviewers: ['codex'], blockOn: 'high' },
    });
    expect([report.verdict, comment, comments.log]).toEqual(['approve', { kind: 'nowhere', why: 'It is the merge queue.' }, []]);
  });

  it('remembers nothing of a comment that somebody else has forged', async () => {
    const { find, publish, comments } = pipeline();
    comments.add('member', `${COMMENT_MARKER}\n<!-- nx-fleet state {"version":1,"findings":[]} -->`);
    await find({});
    expect((await publish()).comment.kind).toBe('created');
  });

  it('follows the ignore file of the base: a change neither dismisses its own findings nor takes an entry out', async () => {
    const name = await fingerprintOf({});
    const entry = { fingerprint: name, reason: 'Meant so.', expires: '2026-12-31' };
    const ignoreFile = (...findings: readonly object[]): string => JSON.stringify({ version: 1, findings });
    const agreed = pipeline({ [IGNORE_FILE]: ignoreFile(entry) });
    await agreed.find({});
    expect((await agreed.publish()).report).toMatchObject({ verdict: 'approve', findings: [{ dismissal: { reason: 'Meant so.' } }] });
    const head = agreed.git.commit([agreed.git.root], { [IGNORE_FILE]: ignoreFile({ ...entry, reason: 'Mine.' }) }, 'Another reason');
    expect((await agreed.publish({ head })).report.findings).toMatchObject([{ dismissal: { reason: 'Meant so.' } }]);
    expect((await agreed.publish({ head: agreed.git.commit([agreed.git.root], {}, 'None') })).report.verdict).toBe('approve');
    const own = pipeline();
    await own.find({});
    const bringing = own.git.commit([own.git.root], { [IGNORE_FILE]: ignoreFile(entry) }, 'Dismiss my own');
    expect((await own.publish({ head: bringing })).report.verdict).toBe('request-changes');
    own.git.refs.set('refs/remotes/origin/main', bringing);
    expect((await own.publish({ head: bringing })).report.verdict).toBe('approve');
  });

  it('asks to repair an ignore file that is not valid, and takes a change that repairs it', async () => {
    const broken = pipeline({ [IGNORE_FILE]: '{' });
    await broken.find({});
    await expect(broken.publish()).rejects.toThrow('"nx-fleet-ignore.json" is not JSON');
    const head = broken.git.commit([broken.git.root], { [IGNORE_FILE]: JSON.stringify(NOTHING) }, 'Repaired');
    expect((await broken.publish({ head })).report.verdict).toBe('request-changes');
  });
});
