// The C0 range without tab and newline, DEL, the C1 range, and the marks that reorder or hide text, tag characters among them.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E0FFF}]/gu;
const ESCAPE_SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B\n]*(?:\u0007|\u001B\\)?|[PX^_][^\u001B\n]*(?:\u001B\\)?|[ -/]*[0-~])/g;

/** Untrusted text without terminal escape sequences and control characters; tabs and newlines stay. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(ESCAPE_SEQUENCE, '').replace(UNPRINTABLE, '');
}

/** `printable`, on one line, cut to `maxLength` characters with an ellipsis. */
export function printableLine(text: string, maxLength = 200): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/**
 * Text for a log in which GitHub's runner finds no command. It takes `::name …::` where only space is before it in a line, and `##[name]` wherever
 * it stands (actions/runner, ActionCommand.cs). A space goes between; what is not a command may get one too.
 */
export function withoutCommands(text: string): string {
  return text.replaceAll('##[', '## [').replace(/^((?:[^\S\r\n]|\u0085)*):(?=:)/gm, '$1: ');
}

/** Untrusted text as Markdown that shows it as it is: no markup, no HTML, no mention, no reference to an issue, no formula, no quick action of GitLab. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|!~&$]/g, '\\$&')
    .replace(/^([ \t]*)([-+=/])/gm, '$1\\$2')
    .replace(/^([ \t]*\d+)([.)])/gm, '$1\\$2')
    .replace(/([@#]|GH-)(?=\w)/gi, '$1\u2060');
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029]/g;

/**
 * A diff in which no line ends or disappears by what some programs act on: a control character, or another end of a line, is shown as its number,
 * such as <U+001B>. Tabs and ends of lines stay.
 */
export function showControls(diff: string): string {
  return diff.replace(CONTROL, (control) => `<U+${(control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`);
}
