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
