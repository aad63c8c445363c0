import { OutputTail } from './watch-process.js';

describe('output tail', () => {
  const collect = (maxBytes: number, chunks: readonly Buffer[]) => {
    const lines: string[] = [];
    const tail = new OutputTail(maxBytes, (line) => lines.push(line));
    chunks.forEach((chunk) => tail.add(chunk));
    tail.end();
    return { lines, text: tail.text() };
  };

  it('puts lines and characters together that come in pieces', () => {
    const bytes = Buffer.from('früh\nspät');
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(collect(100, pieces)).toEqual({ lines: ['früh', 'spät'], text: 'früh\nspät' });
  });

  it('tells empty lines, but none after the last line ending', () => {
    expect(collect(100, [Buffer.from('\n\na\r\n')]).lines).toEqual(['', '', 'a']);
  });

  it('keeps the last bytes, over any number of chunks', () => {
    const chunks = ['abc', 'def', 'ghi'].map((text) => Buffer.from(text));
    expect(collect(4, chunks).text).toBe('fghi');
    expect(collect(9, chunks).text).toBe('abcdefghi');
    expect(collect(2, chunks).text).toBe('hi');
  });

  it('does not begin in the middle of a character', () => {
    expect(collect(3, [Buffer.from('ää')]).text).toBe('ä');
  });

  it('cuts a line that never ends', () => {
    expect(collect(4, [Buffer.from('abcde'), Buffer.from('fg')]).lines).toEqual(['abcde', 'fg']);
  });
});
