let steps = 0;

export function print(text = '') {
  process.stdout.write(`${text}\n`);
}

/** Numbered, so that a log of the demo can be talked about. */
export function printHeading(text) {
  steps += 1;
  print(`\n${'─'.repeat(3)} ${steps}. ${text} ${'─'.repeat(Math.max(3, 90 - text.length))}\n`);
}

/** `850 ms` or `12.3 s`. */
export function seconds(milliseconds) {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
