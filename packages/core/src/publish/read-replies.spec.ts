import { readReplies, type Reply } from './read-replies.js';

const NAME = '0123456789ab';

function reply(text: string, change: Partial<Reply> = {}): Reply {
  return { author: 'ada', text, mayDismiss: true, ...change };
}

describe('readReplies', () => {
  it('dismisses what somebody with write access names, with the reason', () => {
    const { words, refused } = readReplies([reply(`I looked.\r\n\r\nnx-fleet dismiss ${NAME} It is meant so.\r\nThanks`)]);
    expect([...words]).toEqual([[NAME, { reason: 'It is meant so.', by: 'ada' }]]);
    expect(refused).toEqual([]);
  });

  it('follows the last word', () => {
    const statements = [`nx-fleet dismiss ${NAME} a`, `nx-fleet undismiss ${NAME}`];
    expect([...readReplies(statements.map((text) => reply(text))).words]).toEqual([[NAME, null]]);
    expect(readReplies([...statements, `nx-fleet dismiss ${NAME} b`].map((text) => reply(text))).words.get(NAME)?.reason).toBe('b');
  });

  it('refuses who may not write, for and against', () => {
    const { words, refused } = readReplies([
      reply(`nx-fleet dismiss ${NAME} mine`),
      reply(`nx-fleet undismiss ${NAME}`, { author: 'eve', mayDismiss: false }),
      reply('nx-fleet dismiss ba9876543210 please', { author: 'eve', mayDismiss: false }),
    ]);
    expect([...words.keys()]).toEqual([NAME]);
    expect(refused.map(({ by, why }) => [by, why])).toEqual([
      ['eve', 'no-write-access'],
      ['eve', 'no-write-access'],
    ]);
  });

  it('asks for a reason', () => {
    expect(readReplies([reply(`nx-fleet dismiss ${NAME} \u200b `)])).toEqual({
      words: new Map(),
      refused: [{ fingerprint: NAME, by: 'ada', why: 'no-reason' }],
    });
  });

  it.each([
    `> nx-fleet dismiss ${NAME} quoted`,
    `say nx-fleet dismiss ${NAME} so`,
    `    nx-fleet dismiss ${NAME} code`,
    `\`\`\`\nnx-fleet dismiss ${NAME} code\n\`\`\``,
    `nx-fleet dismiss ${NAME}ab longer`,
    'nx-fleet dismiss 0123456789AB upper',
    `nx-fleet forget ${NAME} x`,
  ])('takes %j for no command', (text) => {
    expect(readReplies([reply(text)])).toEqual({ words: new Map(), refused: [] });
  });

  it('keeps no control characters of a reason', () => {
    expect(readReplies([reply(`nx-fleet dismiss ${NAME} a\u001b[2Jb`)]).words.get(NAME)?.reason).toBe('ab');
  });
});
