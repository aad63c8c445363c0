// oxlint-disable-next-line no-control-regex
const CONTROL = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;
const PICTURES = 0x2400;
const DELETE = '\u007F';
const DELETE_PICTURE = '\u2421';

/**
 * A diff in which no line ends or disappears by what terminals act on: a control character is shown as its picture, such as ␛. Tabs and ends of
 * lines stay.
 */
export function showControls(diff: string): string {
  return diff.replace(CONTROL, (control) =>
    control === DELETE ? DELETE_PICTURE : String.fromCodePoint(PICTURES + (control.codePointAt(0) ?? 0)),
  );
}
