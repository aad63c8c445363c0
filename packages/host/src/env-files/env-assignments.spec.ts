import { cutAssignments, findAssignments } from './env-assignments.js';
import { scanVariables } from './withhold-variables.js';

const cut = (text: string, name = 'A'): string => cutAssignments(text, (assignment) => assignment.name === name);

describe('assignments of an env file', () => {
  it.each([
    ['a plain one', 'X=1\nA=1\nB=2\n', 'X=1\nB=2\n'],
    ['the only line', 'A=1', ''],
    ['an exported one', '  export  A = 1\nB=2', 'B=2'],
    ['one like YAML', 'A: 1\nB=2', 'B=2'],
    ['one with a comment', 'A=1 # why\nB=2', 'B=2'],
    ['every one of a name', 'A=1\nB=2\nA=3', 'B=2\n'],
    ['an empty one, not what follows', 'A=\n\nB=2', '\nB=2'],
    ['one over many lines', 'A="1\n\nB=2\n"\nC=3', 'C=3'],
    ['one in single quotes over many lines', "A='1\n2' # note\nC=3", 'C=3'],
    ['one in backticks over many lines', 'A=`1\n"2`\nC=3', 'C=3'],
    ['one with an escaped quote', 'A="1\\"\nB=2"\nC=3', 'C=3'],
    ['one that ends in a backslash', "A='C:\\'\nB='x'\n", "B='x'\n"],
    ['one line of a quote that is never closed', 'A="1\nB=2\n', 'B=2\n'],
    ['one line of a quote with more behind it', 'A="1" and "2\nB=2"\n', 'B=2"\n'],
    ['one written on Windows', 'X=1\r\nA="1\r\n2"\r\nB=2\r\n', 'X=1\r\nB=2\r\n'],
    ['the first after a byte order mark', '\ufeffA=1\nB=2', 'B=2'],
  ])('are cut: %s', (_, text, expected) => {
    expect(cut(text)).toBe(expected);
  });

  it.each([
    ['a comment', '#A=1\n# A=2\n'],
    ['a line inside the value of another', 'M="x\nA=2\n"\n'],
    ['a name that has it inside', 'AA=1\nA.A=1\nA-A=1\nXA=1\n'],
    ['a bare name', 'A\nexport A\n'],
    ['mixed line ends, blanks, no end', 'X=1\r\n\n \t\nY = 2 \rZ=3'],
  ])('are not: %s', (_, text) => {
    expect(cut(text)).toBe(text);
  });

  it('have values without quotes and comments', () => {
    const text = `A=1 # x\nB="a # b" # c\nC=p#q\nD='x\ny'\nE=\nF= # none\n`;
    expect(findAssignments(text).map(({ name, value }) => [name, value])).toEqual([
      ['A', '1'],
      ['B', 'a # b'],
      ['C', 'p#q'],
      ['D', 'x\ny'],
      ['E', ''],
      ['F', ''],
    ]);
  });

  it('are gone for another reader too when they are cut, and the others are as they were', () => {
    const pieces = [
      'A=1',
      'A="x\ny"',
      "export A='1\n2'",
      'B=2',
      'B="x\nA=1\n"',
      '# A=3',
      '',
      'C=`"\n`',
      'D="it\'s"',
      "E='\"'",
      'A=a"b',
      'F=x # "',
    ];
    // A small linear congruential generator: the same texts in each run.
    let seed = 7;
    const next = (count: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % count;
    for (let round = 0; round < 500; round += 1) {
      const lineEnd = ['\n', '\r\n'][next(2)] ?? '';
      const lines = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)] ?? '');
      const text = lines.map((line) => line.replaceAll('\n', lineEnd)).join(lineEnd) + lineEnd;
      const { A: _, ...others } = scanVariables(text);
      expect([text, scanVariables(cut(text))]).toEqual([text, others]);
    }
  });
});
