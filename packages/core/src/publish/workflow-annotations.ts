import { count } from '../text/count.js';
import { printable, printableLine } from '../text/printable.js';
import type { ReportFinding, ReviewReport } from './review-report.js';

/** GitHub shows ten of each level for a step and drops the others (docs.github.com, "Annotations" of a check run). */
const MAX_OF_A_LEVEL = 10;
const MAX_TEXT_CHARACTERS = 1_500;

/** Workflow commands of GitHub Actions that show findings beside the lines that they are on, the gravest first. */
export function workflowAnnotations({ findings }: Pick<ReviewReport, 'findings'>): readonly string[] {
  const open = findings.filter(({ dismissal }) => dismissal === null);
  const shown = open.filter((finding, index) => countOf(open.slice(0, index), levelOf(finding)) < MAX_OF_A_LEVEL);
  const more = open.length - shown.length;
  return [
    ...shown.map(annotation),
    ...(more === 0 ? [] : [`nx-fleet: ${count(more, 'more finding')} than GitHub shows beside the lines: see the comment or review.sarif`]),
  ];
}

function annotation(finding: ReportFinding): string {
  const { file, startLine, endLine, severity, title, body, recommendation } = finding;
  const properties = {
    ...(file === '' ? {} : { file }),
    ...(startLine === 0 || file === '' ? {} : { line: String(startLine), endLine: String(Math.max(startLine, endLine)) }),
    title: printableLine(`${severity}: ${title}`),
  };
  const text = [body, recommendation, `nx-fleet ${finding.fingerprint}`].filter(Boolean).map(printable).join('\n\n');
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${levelOf(finding)} ${listed.join(',')}::${escapeData([...text].slice(0, MAX_TEXT_CHARACTERS).join(''))}`;
}

function levelOf({ blocking, severity }: ReportFinding): 'error' | 'warning' | 'notice' {
  if (blocking) return 'error';
  return severity === 'low' ? 'notice' : 'warning';
}

function countOf(findings: readonly ReportFinding[], level: string): number {
  return findings.filter((finding) => levelOf(finding) === level).length;
}

/** As the runner reads it back: actions/toolkit, packages/core/src/command.ts. */
function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A').replaceAll('##[', '## [');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
