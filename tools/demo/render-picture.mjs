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
  { step: 7, lines: /^(?:\$| {2}(?:Run duration|Cache)| {2}✓ (?:[\d.]+ m?s|agents))/ },
];

const COLOURS = [
  { pattern: /^\$.*/, style: 'command' },
  { pattern: /^(?:Issue) .*/, style: 'dim' },
  { pattern: /^ *[✔✓]/, style: 'good' },
  { pattern: /\bapproved\b/, style: 'good' },
  { pattern: /^BLOCKS +critical|changes \(1 blocking\)|Verdict: changes requested.*/, style: 'bad' },
  { pattern: /\d+\/\d+ hit.*|agents called: 0/, style: 'cache' },
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
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Terminal output of the nx-fleet demo">`,
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

function renderLine(line, index) {
  if (line === '') return '';
  const y = MARGIN_PX + (index + 0.75) * LINE_PX;
  const size = `textLength="${(line.length * COLUMN_PX).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${MARGIN_PX}" y="${y}" ${size} xml:space="preserve">${colour(line)}</text>`;
}

function colour(line) {
  const found = COLOURS.map(({ pattern, style }) => ({ match: pattern.exec(line), style })).find(({ match }) => match !== null);
  if (found === undefined) return escape(line);
  const { index, 0: text } = found.match;
  const end = index + text.length;
  return `${escape(line.slice(0, index))}<tspan class="${found.style}">${escape(text)}</tspan>${escape(line.slice(end))}`;
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]);
}

const [, , source, target] = process.argv;
writeFileSync(target, renderPicture(chooseLines(readFileSync(source, 'utf8'))));
