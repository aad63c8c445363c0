import { withoutCommands } from './without-commands.js';

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
