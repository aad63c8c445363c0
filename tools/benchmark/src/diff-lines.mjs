const HUNK = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/**
 * Lines that a unified diff adds, by file. A file that is shown by its name alone has none, and is among them.
 * @param {string} diff with git's `a/` and `b/`
 * @returns {Map<string, Set<string>>}
 */
export function addedLines(diff) {
  const files = new Map();
  let lines = new Set();
  let left = { before: 0, after: 0 };
  for (const line of diff.split('\n')) {
    const sign = line[0] ?? ' ';
    if (left.before > 0 || left.after > 0) {
      if (sign === '+') lines.add(line.slice(1));
      if (sign !== '\\') left = { before: left.before - (sign === '+' ? 0 : 1), after: left.after - (sign === '-' ? 0 : 1) };
      continue;
    }
    const [, before = '1', after = '1'] = HUNK.exec(line) ?? [];
    if (line.startsWith('+++ b/')) files.set(line.slice(6), (lines = new Set()));
    else if (line.startsWith('@@ ')) left = { before: Number(before), after: Number(after) };
  }
  return files;
}

/** The diff that a prompt shows, between fences that it cannot close itself. */
export function splitPrompt(prompt) {
  const [, marks] = /^(`{3,})diff$/m.exec(prompt) ?? [];
  if (marks === undefined) throw new Error('A reviewer was sent no diff.');
  const start = prompt.indexOf(`${marks}diff\n`) + marks.length + 'diff\n'.length;
  const end = prompt.indexOf(`\n${marks}\n`, start);
  return { before: prompt.slice(0, start), diff: prompt.slice(start, end), after: prompt.slice(end) };
}
