import { verdictFingerprints } from './dismiss.js';
import type { Finding } from './finding.js';
import { describeUnread } from './unread-files.js';
import type { Verdict } from './verdict.js';
import { describeChecks } from '../check/check-result.js';
import type { Manifest } from '../manifest/manifest.js';
import { escapeMarkdown, printable, printableLine } from '../text/printable.js';

type VerdictFinding = Verdict['findings'][number];
type Statement = VerdictFinding['statements'][number];

/** A verdict as Markdown: `review.md`. What agents wrote is escaped, so that it shows as text. */
export function renderVerdict({ project, title }: Pick<Manifest, 'project' | 'title'>, verdict: Verdict): string {
  const heading = verdict.verdict === 'approve' ? 'Approved' : 'Changes requested';
  const unread = describeUnread(verdict.unread ?? []);
  const names = verdictFingerprints(verdict, project);
  return [
    `# ${heading}: ${project}, ${escapeMarkdown(printableLine(title))}`,
    '',
    ...verdict.reviewers.flatMap((reviewer, index) => renderReviewer(reviewer, names.remarks[index] ?? [])),
    '',
    ...(verdict.checks === undefined ? [] : [`Checks: ${escapeMarkdown(printableLine(describeChecks(verdict.checks)))}.`, '']),
    ...(unread === null ? [] : [`${escapeMarkdown(unread)}.`, '']),
    `## Findings (${verdict.findings.length})`,
    '',
    ...(verdict.findings.length === 0
      ? ['None.', '']
      : verdict.findings.flatMap((finding, index) => renderFinding(finding, names.findings[index] ?? ''))),
  ].join('\n');
}

function renderReviewer(
  { reviewer, model, verdict, summary, ungrounded }: Verdict['reviewers'][number],
  names: readonly string[],
): readonly string[] {
  const asked = model === null ? '' : ` (${escapeMarkdown(printableLine(model))})`;
  return [
    `- **${reviewer}**${asked}: ${verdict}. ${escapeMarkdown(printableLine(summary, 1_000))}`,
    ...(ungrounded.length === 0 ? [] : [`  - Remarks that name no place in the change: ${ungrounded.length}`]),
    ...ungrounded.map(
      (remark, index) =>
        `    - ${label(remark)}: ${escapeMarkdown(printableLine(remark.title))} (${remark.file === '' ? 'no file' : inCode(place(remark))}, ${inCode(names[index] ?? '')})${dismissedNote(remark)}`,
    ),
  ];
}

function renderFinding(finding: VerdictFinding, name: string): readonly string[] {
  const [first, ...others] = finding.statements;
  return [
    `### ${label(finding)}: ${escapeMarkdown(printableLine(finding.title))}`,
    '',
    `${inCode(place(finding))}, ${finding.category}, confidence ${finding.confidence}, found by ${finding.reviewers.join(' and ')}, ${inCode(name)}${dismissedNote(finding)}`,
    '',
    ...renderWords(finding),
    ...others.filter((statement) => first === undefined || !isSameText(first, statement)).flatMap(renderStatement),
  ];
}

function renderStatement(statement: Statement): readonly string[] {
  const { reviewer, severity, startLine, confidence, title } = statement;
  const where = startLine === 0 ? '' : `, line ${startLine}`;
  return [
    `**${reviewer}** says (${severity}${where}, confidence ${confidence}): ${escapeMarkdown(printableLine(title))}`,
    '',
    ...renderWords(statement),
  ];
}

function renderWords({ body, recommendation }: Pick<Finding, 'body' | 'recommendation'>): readonly string[] {
  return [
    ...(body === '' ? [] : [escapeMarkdown(printable(body)), '']),
    ...(recommendation === '' ? [] : [`**Do:** ${escapeMarkdown(printable(recommendation))}`, '']),
  ];
}

function isSameText(one: Statement, other: Statement): boolean {
  return one.title === other.title && one.body === other.body && one.recommendation === other.recommendation;
}

function dismissedNote({ dismissed }: Pick<VerdictFinding, 'dismissed'>): string {
  return dismissed === undefined ? '' : `. Dismissed: ${escapeMarkdown(printableLine(dismissed))}`;
}

function label({ blocking, severity }: Pick<VerdictFinding, 'blocking' | 'severity'>): string {
  return blocking ? `Blocking, ${severity}` : severity;
}

/** `src/app.ts:12` */
export function place({ file, startLine }: Pick<Finding, 'file' | 'startLine'>): string {
  const path = printableLine(file, 300).replace(/`/g, "'");
  return startLine === 0 ? path : `${path}:${startLine}`;
}

/** Text that holds no backtick, as code. */
export function inCode(text: string): string {
  return `\`${text}\``;
}
