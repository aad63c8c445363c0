import { UserError } from '../errors/user-error.js';
import type { FakeComment, Writer } from './fake-review-comments.js';
import type { ReviewComments } from './review-comments.js';

/** A pull request without comments, and a way to see and write what stands there. */
export interface ReviewCommentsUnderTest {
  readonly comments: ReviewComments;
  add(writer: Writer, body: string): void;
  all(): readonly FakeComment[];
}

const MARKER = '<!-- nx-fleet review -->';

/** What publishing takes for granted of any `ReviewComments`. */
export function describeReviewComments(name: string, make: () => Promise<ReviewCommentsUnderTest>): void {
  describe(`${name}, as comments on a pull request`, () => {
    it('has nothing of ours where nobody has said anything', async () => {
      const { comments } = await make();
      expect(await comments.readThread(MARKER)).toEqual({ own: [], replies: [] });
      expect(comments.place).toMatch(/^[\w./-]+[#!]12$/);
    });

    it('finds the comment that it has made, with its text', async () => {
      const { comments, all } = await make();
      const body = `${MARKER}\n### Ünïcode 🚀 "quotes" \\ \`code\`\n\n<!-- nx-fleet state {"a":"\\u003c"} -->`;
      await comments.create(body);
      expect((await comments.readThread(MARKER)).own).toEqual([{ id: all()[0]?.id, body }]);
    });

    it('updates a comment in its place', async () => {
      const { comments, add, all } = await make();
      await comments.create(`${MARKER} one`);
      add('member', 'Thanks.');
      await comments.update(all()[0]?.id ?? '', `${MARKER} two`);
      expect(all().map(({ writer, body }) => [writer, body])).toEqual([
        ['us', `${MARKER} two`],
        ['member', 'Thanks.'],
      ]);
    });

    it('takes for ours only what we wrote, and what begins with the marker', async () => {
      const { comments, add, all } = await make();
      add('member', `${MARKER} forged`);
      add('outsider', `${MARKER} forged`);
      add('us', `Somebody wrote ${MARKER}`);
      add('us', `${MARKER} real`);
      expect((await comments.readThread(MARKER)).own).toEqual([{ id: all()[3]?.id, body: `${MARKER} real` }]);
    });

    it('has the oldest of ours first, and can take others away, once and again', async () => {
      const { comments, add } = await make();
      add('us', `${MARKER} one`);
      add('us', `${MARKER} two`);
      const { own } = await comments.readThread(MARKER);
      expect(own.map(({ body }) => body)).toEqual([`${MARKER} one`, `${MARKER} two`]);
      await comments.remove(own[1]?.id ?? '');
      await comments.remove(own[1]?.id ?? '');
      expect((await comments.readThread(MARKER)).own).toEqual(own.slice(0, 1));
    });

    it('has the words of others to us, and tells who may dismiss', async () => {
      const { comments, add } = await make();
      add('outsider', 'nx-fleet dismiss 0123456789ab mine');
      add('member', 'Nice work.');
      add('member', 'Sure.\nnx-fleet dismiss 0123456789ab Meant so.');
      add('us', 'nx-fleet dismiss 0123456789ab ours');
      const { replies } = await comments.readThread(MARKER);
      expect(replies.map(({ text, mayDismiss }) => [text.split('\n').at(-1), mayDismiss])).toEqual([
        ['nx-fleet dismiss 0123456789ab mine', false],
        ['nx-fleet dismiss 0123456789ab Meant so.', true],
      ]);
      expect(new Set(replies.map(({ author }) => author)).size).toBe(2);
    });

    it('looks through all comments, however many there are', async () => {
      const { comments, add } = await make();
      for (let index = 0; index < 230; index += 1) add('outsider', `Comment ${index}`);
      add('us', `${MARKER} last`);
      add('member', 'nx-fleet undismiss 0123456789ab');
      const { own, replies } = await comments.readThread(MARKER);
      expect([own.length, replies.length]).toEqual([1, 1]);
    });

    it('refuses to update what is not there, in one line', async () => {
      const { comments } = await make();
      const error = await comments.update('4711', 'x').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toMatch(/^[^\n]+$/);
    });
  });
}
