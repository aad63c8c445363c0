import { printable, printableLine, showControls, withoutCommands } from './printable.js';

describe('printable', () => {
  it('leaves text, tabs, newlines and emoji alone', () => {
    const text = 'naïve\t日本 🚀 👩🏽\n\n- x';
    expect(printable(text)).toBe(text);
  });

  it.each([
    ['colours', 'a\u001b[1;31mred\u001b[0mb', 'aredb'],
    ['cursor moves', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
    ['a hyperlink', '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['a device control string', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['a terminal reset', 'a\u001bcb', 'ab'],
    ['bells, backspaces and NUL', 'a\u0007\b\u0000b', 'ab'],
    ['C1 controls', 'a\u009b31mb', 'a31mb'],
    ['marks that reorder text', 'a\u202egnp.exe\u2066\u200f\u061cb', 'agnp.exeb'],
    ['marks that hide text', 'a\u200b\u2060\ufeffb', 'ab'],
    ['text in invisible tag characters', 'a\u{E0049}\u{E0047}\u{E004E}b', 'ab'],
  ])('takes out %s', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('keeps the lines after an escape sequence that does not end', () => {
    expect(printable('a\u001b]0;title\nthe rest')).toBe('a\nthe rest');
    expect(printable('a\u001bPq\nthe rest')).toBe('a\nthe rest');
  });

  it('makes every line ending a newline', () => {
    expect(printable('a\r\nb\rc')).toBe('a\nb\nc');
  });

  it('leaves nothing that a second pass would change', () => {
    const text = '\u001b\u001b[31m[32mx\u001b]\u001b[0m0;y\u0007';
    expect(printable(printable(text))).toBe(printable(text));
  });
});

describe('printableLine', () => {
  it('makes one line of many', () => {
    expect(printableLine('  a\r\n\tb\u001b[0m\n\nc ')).toBe('a b c');
  });

  it('cuts to 200 characters, the ellipsis counted', () => {
    expect(printableLine('x'.repeat(300))).toBe(`${'x'.repeat(199)}…`);
    expect(printableLine('x'.repeat(200))).toBe('x'.repeat(200));
  });

  it('does not cut an emoji in two', () => {
    expect(printableLine('🚀'.repeat(5), 3)).toBe('🚀🚀…');
  });
});

/** What the runner looks for: actions/runner, ActionCommand.cs. */
const isCommand = (line: string): boolean => /^[\s\u0085]*::/.test(line) || line.includes('##[');

describe('withoutCommands', () => {
  it.each([
    ['##[error]x', '## [error]x'],
    ['Fault: ##[add-mask]e', 'Fault: ## [add-mask]e'],
    ['###[error]##[error]', '### [error]## [error]'],
    ['::stop-commands::x', ': :stop-commands::x'],
    [' \t\u00a0::error::x', ' \t\u00a0: :error::x'],
    ['\u0085::error::x', '\u0085: :error::x'],
    ['a\n\n  ::error::x\r::error::y', 'a\n\n  : :error::x\r: :error::y'],
    [':::error::x', ': ::error::x'],
  ])('leaves no command in %j', (text, expected) => {
    expect(withoutCommands(text)).toBe(expected);
    expect(expected.split(/[\r\n]/).filter(isCommand)).toEqual([]);
    expect(withoutCommands(expected)).toBe(expected);
  });

  it.each(['std::vector of a::b', '## [x] and #[derive]', 'a: b', ': ::', ''])('leaves %j as it is', (text) => {
    expect(withoutCommands(text)).toBe(text);
  });
});

describe('control characters in a diff', () => {
  it.each([
    ['an escape sequence', '+`\u001B]0;${evil()}\u0007`', '+`<U+001B>]0;${evil()}<U+0007>`'],
    ['what looks like an end of line', '+// x\r-gone', '+// x<U+000D>-gone'],
    ['a byte that removes', '+ab\b\u007F', '+ab<U+0008><U+007F>'],
    ['what ends a line elsewhere', '+# a\u0085b\u2028c\u2029d', '+# a<U+0085>b<U+2028>c<U+2029>d'],
    ['no tab and no end of line', '+\ta\r\n b\n', '+\ta\r\n b\n'],
  ])('are shown: %s', (_, diff, shown) => {
    expect(showControls(diff)).toBe(shown);
  });
});
