import { commandText, commandWords } from './command-words.js';

describe('commandWords', () => {
  it.each([
    ['nx affected  -t test', ['nx', 'affected', '-t', 'test']],
    ['nx test --args="--ci -x"', ['nx', 'test', '--args=--ci -x']],
    [`node -e 'a && "b"'`, ['node', '-e', 'a && "b"']],
    ['"my program" ""', ['my program', '']],
    [`a"b"'c'`, ['abc']],
    ['tool C:\\x\\y', ['tool', 'C:\\x\\y']],
    ['grep "a|b;" x', ['grep', 'a|b;', 'x']],
    ['a b=c', ['a', 'b=c']],
  ])('splits %j into %j', (line, words) => {
    expect(commandWords(line)).toEqual(words);
  });

  it('takes the words of an array as they are', () => {
    expect(commandWords(['sh', '-c', 'a && "b" > c'])).toEqual(['sh', '-c', 'a && "b" > c']);
  });

  it('fills names inside words, once, and never makes two words of a value', () => {
    expect(commandWords('nx --base={base} {other} {constructor}', { base: 'a b {other}', other: '$& x' })).toEqual([
      'nx',
      '--base=a b {other}',
      '$& x',
      '{constructor}',
    ]);
  });

  it.each(['a && b', 'a&&b', 'a || b', 'a | b', 'a > b', 'a 2>&1', 'a >b', 'a < b', 'a; b', 'a & b', 'a $(b)', 'a `b`', 'CI=1 a'])(
    'refuses shell syntax: %s',
    (line) => {
      expect(() => commandWords(line)).toThrow(
        `Command "${line}" uses shell syntax, and no shell runs it. Split it into several commands, or name the shell: ["sh", "-c", "…"].`,
      );
    },
  );

  it.each([`a "b`, `don't`])('refuses a quote that is not closed: %s', (line) => {
    expect(() => commandWords(line)).toThrow(`Command "${line}" has a quote that is not closed.`);
  });

  it.each(['   ', '""'])('refuses an empty command: %j', (line) => {
    expect(() => commandWords(line)).toThrow(`Command "${line}" is empty.`);
  });
});

describe('commandText', () => {
  it('shows a command as it was configured', () => {
    expect([commandText('nx test'), commandText(['nx', 'test'])]).toEqual(['nx test', 'nx test']);
  });
});
