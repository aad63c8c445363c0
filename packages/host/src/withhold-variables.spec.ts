import { withholdVariables } from './withhold-variables.js';

const mayCarry = (name: string, value: string): boolean => name !== 'SECRET' && !value.startsWith('postgres:');

describe('variables that may not be carried', () => {
  it('are left out by name and by value, and nothing else is touched', () => {
    const text = '# top\r\nexport A = "x"  # why\r\nSECRET="a\r\nB=1\r\n"\r\nDB=postgres://db # local\r\n\r\nC=\'1\r\n2\'\r\nno assignment';
    expect(withholdVariables(text, mayCarry, false)).toEqual({
      text: '# top\r\nexport A = "x"  # why\r\n\r\nC=\'1\r\n2\'\r\nno assignment',
      names: ['SECRET', 'DB'],
    });
  });

  it('are asked for with their values in UTF-8, and other bytes stay as they are', () => {
    const asked: string[] = [];
    const bytes = Buffer.from('A=größe à\nB=\u2028x\n\xff', 'utf8').toString('latin1') + '\xff\xa0\x85';
    const result = withholdVariables(bytes, (_, value) => asked.push(value) > 0, false);
    expect(result).toEqual({ text: bytes, names: [] });
    expect(asked.slice(0, 2)).toEqual(['größe à', '\u2028x']);
  });

  it('are found after a byte order mark', () => {
    expect(withholdVariables('\xef\xbb\xbfSECRET=1\nA=1\n', mayCarry, false)).toEqual({ text: 'A=1\n', names: ['SECRET'] });
  });

  it('make the whole file unsafe when another reader still sees one', () => {
    expect(withholdVariables('A=\n"postgres://db"\n', mayCarry, false)).toBeNull();
  });

  it('are found anywhere in a line of a script, whose other lines stay', () => {
    const text =
      'use node\nif true; then export SECRET=1; fi\n# SECRET=2\nexport A=1; export DB="postgres://x"\nPATH_add bin\n[ -f x ] && SECRET=3\n';
    expect(withholdVariables(text, mayCarry, true)).toEqual({
      text: 'use node\n# SECRET=2\nPATH_add bin\n',
      names: ['SECRET', 'DB'],
    });
  });

  it('are not run', () => {
    const text = 'A=$(echo SECRET=1 >&2; touch /nx-fleet-was-run)\n';
    expect(withholdVariables(text, mayCarry, false)).toEqual({ text, names: [] });
  });
});
