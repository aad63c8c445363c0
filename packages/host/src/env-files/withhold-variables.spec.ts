import { withholdVariables } from './withhold-variables.js';

const mayCarry = (name: string, value: string): boolean => name !== 'SECRET' && !value.startsWith('postgres:');
const rules = { mayCarry, isFilled: () => false, isScript: false };

describe('variables that may not be carried', () => {
  it('are left out by name and by value, and nothing else is touched', () => {
    const text = '# top\r\nexport A = "x"  # why\r\nSECRET="a\r\nB=1\r\n"\r\nDB=postgres:db # local\r\n\r\nC=\'1\r\n2\'\r\nno assignment';
    expect(withholdVariables(text, rules)).toEqual({
      text: '# top\r\nexport A = "x"  # why\r\n\r\nC=\'1\r\n2\'\r\nno assignment',
      names: ['SECRET', 'DB'],
    });
  });

  it('are asked for with their values in UTF-8, and other bytes stay as they are', () => {
    const asked: string[] = [];
    const bytes = Buffer.from('A=größe à\nB=\u2028x\n\xff', 'utf8').toString('latin1') + '\xff\xa0\x85';
    const result = withholdVariables(bytes, { ...rules, mayCarry: (_, value) => asked.push(value) > 0 });
    expect(result).toEqual({ text: bytes, names: [] });
    expect(asked.slice(0, 2)).toEqual(['größe à', '\u2028x']);
  });

  it('are found after a byte order mark', () => {
    expect(withholdVariables('\xef\xbb\xbfSECRET=1\nA=1\n', rules)).toEqual({ text: 'A=1\n', names: ['SECRET'] });
  });

  it('make the whole file unsafe when another reader still sees one', () => {
    expect(withholdVariables('A=\n"postgres://db"\n', rules)).toBeNull();
  });

  it('are found anywhere in a line of a script, whose other lines stay', () => {
    const text =
      'use node\nif true; then export SECRET=1; fi\n# SECRET=2\nexport A=1; export DB="postgres://x"\nPATH_add bin\n[ -f x ] && SECRET=3\n';
    expect(withholdVariables(text, { ...rules, isScript: true })).toEqual({
      text: 'use node\nPATH_add bin\n',
      names: ['SECRET', 'DB'],
    });
  });

  it.each([
    ['# prod: DATABASE_URL=postgres://owner:secret@db.example.test/main', ''],
    ['  #SECRET=hunter2', ''],
    ['# export SECRET="a b"', ''],
    ['# mysql://h', ''],
    ['A=1 # was postgres://db.example/main', 'A=1'],
    ['A=1 # SECRET=old', 'A=1'],
    ['# SECRET=', '# SECRET='],
    ['# see https://example.com', '# see https://example.com'],
    ['A="x # y" # z', 'A="x # y" # z'],
  ])('are left out of comments too: %s', (line, kept) => {
    const expected = ['B=1', ...(kept === '' ? [] : [kept]), 'C="1', '# mysql is text here"', ''].join('\n');
    expect(withholdVariables(`B=1\n${line}\nC="1\n# mysql is text here"\n`, rules)).toEqual({ text: expected, names: [] });
  });

  it('are not run', () => {
    const text = 'A=$(echo SECRET=1 >&2; touch /nx-fleet-was-run)\n';
    expect(withholdVariables(text, rules)).toEqual({ text, names: [] });
  });
});
