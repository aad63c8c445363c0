// oxlint-disable-next-line no-control-regex
const CONTROL = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029]/g;

/**
 * A diff in which no line ends or disappears by what some programs act on: a control character, or another end of a line, is shown as its number,
 * such as <U+001B>. Tabs and ends of lines stay.
 */
export function showControls(diff: string): string {
  return diff.replace(CONTROL, (control) => `<U+${(control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`);
}
