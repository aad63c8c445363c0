import { readFileSync, writeFileSync } from 'node:fs';

// node tools/demo/render-picture.mjs docs/demo-output.txt docs/demo.svg
const FONT_PX = 13;
const COLUMN_PX = 7.8;
const LINE_PX = 19;
const MARGIN_PX = 20;

/** What of the recorded output is shown: per step the lines that match, in their order. */
const SHOWN = [
  { step: 3, lines: /^(?:\$|Issue +Branch +Worktree|issue-\d .* http)/ },
  { step: 4, lines: /^(?:\$|✔|inspector|BLOCKS|Verdict)/ },
  { step: 5, lines: /^(?:\$|Issue|issue-\d)/ },
  { step: 7, lines: /^(?:\$|✔.*agent-(?:build|review)--.*local cache| {2}(?:Run duration|Cache)| {2}✓ (?:[\d.]+ m?s|agents))/ },
];

const STYLES = [
  { pattern: /^\$.*/, name: 'command' },
  { pattern: /^(?:Issue) .*/, name: 'dim' },
  { pattern: /^✔.*\[local cache\]$/, name: 'cache' },
  { pattern: /^ *[✔✓]/, name: 'good' },
  { pattern: /\bapproved\b/, name: 'good' },
  { pattern: /^BLOCKS.*|changes \(1 blocking\)|Verdict: changes requested.*/, name: 'bad' },
  { pattern: /\d+\/\d+ hit.*|agents called: 0/, name: 'cache' },
];

/** The chosen lines of a recorded run, a blank line between steps. */
export function chooseLines(text) {
  const steps = text.split(/^(?=─── \d+\. )/m);
  return SHOWN.flatMap(({ step, lines }, index) => {
    const body = steps.find((part) => part.startsWith(`─── ${step}. `))?.split('\n') ?? [];
    const chosen = body.filter((line) => lines.test(line)).map((line) => line.trimEnd());
    return index === 0 ? chosen : ['', ...chosen];
  });
}

export function renderPicture(lines) {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * COLUMN_PX + 2 * MARGIN_PX);
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Parts of the terminal output of the nx-fleet demo">`,
    '<style>',
    `text { font: ${FONT_PX}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; white-space: pre }`,
    '.command { fill: #ffffff; font-weight: bold } .dim { fill: #8b949e } .good { fill: #3fb950 } .bad { fill: #ff7b72 } .cache { fill: #39c5cf }',
    '</style>',
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...lines.map(renderLine).filter((line) => line !== ''),
    '</svg>',
    '',
  ].join('\n');
}

/** Each run of words is placed by its column: tables stay straight in a font of any width. */
function renderLine(line, index) {
  const y = MARGIN_PX + (index + 0.75) * LINE_PX;
  const style = styledPart(line);
  return [...line.matchAll(/\S+(?: \S+)*/g)]
    .flatMap((words) => splitAt(words.index, words[0], style))
    .map(({ column, text, name }) => {
      const styled = name === undefined ? '' : ` class="${name}"`;
      return `<text x="${(MARGIN_PX + column * COLUMN_PX).toFixed(1)}" y="${y}"${styled}>${escape(text)}</text>`;
    })
    .join('\n');
}

function styledPart(line) {
  for (const { pattern, name } of STYLES) {
    const match = pattern.exec(line);
    if (match !== null) return { name, start: match.index, end: match.index + match[0].length };
  }
  return { name: undefined, start: 0, end: 0 };
}

/** A run of words as the pieces before, inside and after a line's styled part. */
function splitAt(column, words, { name, start, end }) {
  const cuts = [column, start, end, column + words.length].map((cut) => Math.min(Math.max(cut, column), column + words.length));
  return [
    { column: cuts[0], text: words.slice(0, cuts[1] - column), name: undefined },
    { column: cuts[1], text: words.slice(cuts[1] - column, cuts[2] - column), name },
    { column: cuts[2], text: words.slice(cuts[2] - column), name: undefined },
  ]
    .map(({ column, text, name }) => ({ column: column + text.search(/\S|$/), text: text.trim(), name }))
    .filter(({ text }) => text !== '');
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]);
}

const [, , source, target] = process.argv;
writeFileSync(target, renderPicture(chooseLines(readFileSync(source, 'utf8'))));
