import { z } from 'zod';
import { parseAnswer } from './ask-agent.js';

const schema = z.strictObject({ ok: z.boolean(), list: z.array(z.strictObject({ n: z.number() })) });
const answer = { ok: true, list: [{ n: 1 }] };

describe('parseAnswer', () => {
  it.each([
    ['alone', JSON.stringify(answer)],
    ['with blank lines around it', `\n\n${JSON.stringify(answer)}\n`],
    ['in a fence', `Here it is:\n\n\`\`\`json\n${JSON.stringify(answer, null, 2)}\n\`\`\`\nBye.`],
    ['in a fence without a language', `\`\`\`\n${JSON.stringify(answer)}\n\`\`\``],
  ])('takes a JSON object %s', (_, text) => {
    expect(parseAnswer(text, schema)).toEqual({ kind: 'valid', answer });
  });

  it.each([
    ['', 'it is not one JSON object'],
    ['I am done.', 'it is not one JSON object'],
    [`${JSON.stringify(answer)}${JSON.stringify(answer)}`, 'it is not one JSON object'],
    ['{"ok":true', 'it is not one JSON object'],
    ['5', 'Invalid input: expected object, received number'],
    ['{"ok":true,"list":[{"n":"x"}]}', 'at "list.0.n": Invalid input: expected number, received string'],
    ['{"ok":true,"list":[],"more\\u001b[31m":1}', 'Unrecognized key: "more"'],
    ['{"ok":true,"list":[{"n":1e999}]}', 'at "list.0.n": Invalid input: expected number, received Infinity'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(parseAnswer(text, schema)).toEqual({ kind: 'invalid', reason });
  });
});
