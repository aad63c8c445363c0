/**
 * Text for a log in which GitHub's runner finds no command. It takes `::name …::` where only space is before it in a line, and `##[name]` wherever
 * it stands (actions/runner, ActionCommand.cs). A space goes between; what is not a command may get one too.
 */
export function withoutCommands(text: string): string {
  return text.replaceAll('##[', '## [').replace(/^((?:[^\S\r\n]|\u0085)*):(?=:)/gm, '$1: ');
}
