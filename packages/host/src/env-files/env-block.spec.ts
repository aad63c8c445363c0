import { fillAssignments, readAssignments, readManagedBlock, writeManagedBlock } from './env-block.js';

describe('managed block', () => {
  it.each([
    ['plain', '20010'],
    ['empty', ''],
    ['a path with spaces', 'file:/home/ada/my app.db'],
    ['double quotes and backslashes', `C:\\new "x"`],
    ['an apostrophe', `it's`],
    ['a Windows path', 'C:\\new\\table'],
    ['a hash', 'a #b'],
    ['a dollar', 'p$&$'],
    ['newlines', 'a\nb\n\nc'],
    ['an equals sign', 'postgres://u:p@h/db?a=b'],
    ['something like our marks', '# <<< nx-fleet'],
  ])('gives back a value with %s', (_, value) => {
    expect(readManagedBlock(writeManagedBlock(null, { NAME: value, OTHER: 'x' }))).toEqual({ NAME: value, OTHER: 'x' });
  });

  it('quotes as every reader of env files takes it: literally where it can', () => {
    expect(writeManagedBlock(null, { A: 'C:\\new table' })).toContain(`A='C:\\new table'\n`);
  });

  it('keeps the other lines in their order, before the block', () => {
    const text = writeManagedBlock('# mine\nTOKEN=a\n\nexport B = 2\n', { PORT: '1' });
    expect(text).toMatch(/^# mine\nTOKEN=a\n\nexport B = 2\n\n# >>> nx-fleet[^\n]*\nPORT=1\n# <<< nx-fleet\n$/);
  });

  it('is the same written twice', () => {
    const once = writeManagedBlock('TOKEN=a', { PORT: '1' });
    expect(writeManagedBlock(once, { PORT: '1' })).toBe(once);
  });

  it('replaces an earlier block and leaves none of its variables', () => {
    const text = writeManagedBlock(writeManagedBlock('TOKEN=a\n', { OLD: '1', PORT: '1' }), { PORT: '2' });
    expect(readManagedBlock(text)).toEqual({ PORT: '2' });
    expect(text).not.toContain('OLD');
  });

  it('removes other lines that set one of our variables', () => {
    const text = writeManagedBlock('PORT=1\nexport PORT=2\n  PORT = 3\n#PORT=4\nPORTS=5\n', { PORT: '9' });
    expect(text.split('\n').filter((line) => line.includes('PORT'))).toEqual(['#PORT=4', 'PORTS=5', 'PORT=9']);
  });

  it('removes a value of ours over many lines whole, and nothing inside the values of others', () => {
    const text = writeManagedBlock(`A="x\nPORT=1\n"\nPORT="1\n2\nB=3"\nexport PORT='\n4' # old\nC=5\n`, { PORT: '9' });
    expect(text).toMatch(/^A="x\nPORT=1\n"\nC=5\n\n# >>> nx-fleet[^\n]*\nPORT=9\n# <<< nx-fleet\n$/);
  });

  it('loses no line after a value whose quote is not closed', () => {
    expect(writeManagedBlock('PORT="1\nB=2\nC=3\n', { PORT: '9' })).toMatch(/^B=2\nC=3\n\n#/);
  });

  it('keeps variables that are named like members of each object', () => {
    expect(writeManagedBlock('constructor=1\ntoString=2\n', { PORT: '9' })).toMatch(/^constructor=1\ntoString=2\n/);
  });

  it('keeps the line endings of a file written on Windows, and has lines of its own that a shell reads', () => {
    const text = writeManagedBlock('A=1\r\nPORT=2\r\nB=3\r\n', { PORT: '9' });
    expect(text).toMatch(/^A=1\r\nB=3\r\n\r\n# >>> nx-fleet[^\r\n]*\nPORT=9\n# <<< nx-fleet\n$/);
    expect(readManagedBlock(text)).toEqual({ PORT: '9' });
    expect(writeManagedBlock(text, { PORT: '9' })).toBe(text);
  });

  it('keeps what follows a first mark whose last mark someone deleted', () => {
    const text = writeManagedBlock('A=1\n', { PORT: '1' }).replace('# <<< nx-fleet\n', 'MINE=x\n');
    const fixed = writeManagedBlock(text, { PORT: '2' });
    expect(fixed).toMatch(/^A=1\n\nMINE=x\n/);
    expect(readManagedBlock(fixed)).toEqual({ PORT: '2' });
  });

  it('reads nothing outside of the block', () => {
    expect(readManagedBlock('SECRET=1\n')).toEqual({});
    expect(readManagedBlock(null)).toEqual({});
  });
});

describe('filling an env file', () => {
  it('sets what is set there already, in its place, however it is written', () => {
    const text = '# PORT=1\nexport PORT = \'1\' # why\r\nA="x\nPORT=2"\n  DB="p\nq"\nOTHER=${DB}\nDB=3';
    expect(fillAssignments(text, { PORT: '9', DB: 'x y', NEW: '1' })).toBe(
      "# PORT=1\nexport PORT=9\r\nA=\"x\nPORT=2\"\n  DB='x y'\nOTHER=${DB}\nDB='x y'",
    );
    expect(readAssignments(text)).toEqual({ PORT: '1', A: 'x\nPORT=2', DB: '3', OTHER: '${DB}' });
    expect(fillAssignments('A=1\n', { B: '2' })).toBe('A=1\n');
  });
});
