import type { ReportFinding } from './review-report.js';
import { inCode, place } from '../review/render-verdict.js';
import { escapeMarkdown, printable, printableLine } from '../text/printable.js';

const MAX_TITLE_CHARACTERS = 160;
const MAX_TEXT_CHARACTERS = 2_000;

/** Untrusted text in one line of Markdown that shows it as it is. */
export function oneLine(text: string): string {
  return escapeMarkdown(printableLine(text, MAX_TITLE_CHARACTERS));
}

/** ``(`src/app.ts:12`, `1a2b3c4d5e6f`)`` */
export function findingLine(finding: { readonly file: string; readonly startLine: number; readonly fingerprint: string }): string {
  return `(${finding.file === '' ? 'no file' : inCode(place(finding))}, ${inCode(finding.fingerprint)})`;
}

/** As many lines as there is room for, and how many there are besides. */
export function fitLines(lines: readonly string[], maxCharacters: number): readonly string[] {
  const shown: string[] = [];
  let left = maxCharacters;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    shown.push(line);
  }
  const more = lines.length - shown.length;
  return more === 0 ? shown : [...shown, `- and ${more} more`];
}

/** Findings in their order: whole while there is room, then in one line, then counted. */
export function fitFindings(findings: readonly ReportFinding[], maxCharacters: number): readonly string[] {
  const shown: string[] = [];
  let left = maxCharacters;
  let more = 0;
  for (const finding of findings) {
    const form = [wholeFinding(finding), `- ${head(finding)}\n`].find((text) => text.length < left);
    if (form === undefined) more += 1;
    else {
      shown.push(form);
      left -= form.length + 1;
    }
  }
  return more === 0 ? shown : [...shown, `And ${more} more, in review.sarif of this run.\n`];
}

/** The gravest are open to the eye; what does not block is folded away under its title. */
function wholeFinding(finding: ReportFinding): string {
  const { body, recommendation, reviewers, confidence, category, project } = finding;
  const origin = `Project ${inCode(printableLine(project, 100).replace(/`/g, "'"))}, found by ${reviewers.map(oneLine).join(' and ')}${
    category === null ? '; it names no place in the change' : `, confidence ${confidence}`
  }.`;
  const text = [
    ...(body === '' ? [] : [cut(body), '']),
    ...(recommendation === '' ? [] : [`**Do:** ${cut(recommendation)}`, '']),
    origin,
    '',
  ].join('\n');
  return finding.blocking
    ? `**Blocking** ${head(finding)}\n\n${text}`
    : `<details><summary>${summaryOf(finding)}</summary>\n\n${head(finding)}\n\n${text}\n</details>\n`;
}

function head(finding: ReportFinding): string {
  const { severity, category, title } = finding;
  return `**${severity}${category === null ? '' : `, ${category}`}: ${oneLine(title)}** ${findingLine(finding)}`;
}

/** Within HTML no Markdown is read, but mentions are looked for. */
function summaryOf({ severity, title }: ReportFinding): string {
  const text = printableLine(title, MAX_TITLE_CHARACTERS)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/([@#]|GH-)(?=\w)/gi, '$1\u2060');
  return `${severity}: ${text}`;
}

function cut(text: string): string {
  const characters = [...printable(text)];
  const shown = characters.length <= MAX_TEXT_CHARACTERS ? characters : [...characters.slice(0, MAX_TEXT_CHARACTERS - 1), '…'];
  return escapeMarkdown(shown.join(''));
}
