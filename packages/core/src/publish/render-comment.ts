import { findingLine, fitFindings, fitLines, oneLine } from './comment-parts.js';
import { remember, renderState } from './comment-state.js';
import { blockingFindings, type ReportFinding, type ReviewReport } from './review-report.js';
import { inCode } from '../review/render-verdict.js';
import { describeUnread } from '../review/unread-files.js';
import { escapeMarkdown, printableLine } from '../text/printable.js';

/** By this we find our comment again. */
export const COMMENT_MARKER = '<!-- nx-fleet review -->';
/** GitHub takes 65,536 characters, GitLab more: what each part of the comment may have of them. */
const LIMITS = {
  state: 20_000,
  findings: 24_000,
  dismissed: 3_000,
  resolved: 3_000,
  unknown: 2_000,
  remarks: 2_000,
  unread: 2_500,
  names: 1_200,
};

/** Whether a first comment says anything: without news there is none. */
export function needsComment(report: ReviewReport): boolean {
  return report.verdict === 'request-changes' || report.findings.length > 0;
}

/** The one comment on a pull request, in less than 65,536 characters. The same report gives the same text. What agents wrote is escaped. */
export function renderComment(report: ReviewReport): string {
  const { findings, resolved, unknown } = report;
  const open = findings.filter(({ dismissal }) => dismissal === null);
  const dismissed = findings.filter(({ dismissal }) => dismissal !== null);
  const state = [...open.map(remember), ...unknown, ...dismissed.map(remember), ...resolved];
  return [
    COMMENT_MARKER,
    `### nx-fleet review: ${report.verdict === 'approve' ? 'approved' : 'changes requested'}`,
    '',
    summary(report, open.length, dismissed.length),
    '',
    ...problems(report),
    ...fitFindings(open, LIMITS.findings),
    ...folded('Dismissed', dismissed.map(dismissedLine), LIMITS.dismissed),
    ...folded(
      'Resolved',
      resolved.map((finding) => `- ~~${oneLine(finding.title)}~~ ${findingLine(finding)}`),
      LIMITS.resolved,
    ),
    ...folded(
      'Found earlier, not looked at again',
      unknown.map((finding) => `- ${oneLine(finding.title)} ${findingLine(finding)}`),
      LIMITS.unknown,
    ),
    ...section('', fitLines(remarks(report), LIMITS.remarks)),
    ...(open.length === 0 ? [] : HOW_TO_DISMISS),
    renderState(state, LIMITS.state),
  ].join('\n');
}

const HOW_TO_DISMISS = [
  'To dismiss one, reply `nx-fleet dismiss <fingerprint> <reason>` (write access is needed; `nx-fleet undismiss <fingerprint>` takes it back), or name it in `nx-fleet-ignore.json`, which counts once it is on the default branch. A reply counts from the next run on.',
  '',
];

function summary(report: ReviewReport, open: number, dismissed: number): string {
  const blocking = blockingFindings(report).length;
  const counts = [
    `${blocking} blocking`,
    `${open - blocking} other`,
    ...(dismissed === 0 ? [] : [`${dismissed} dismissed`]),
    ...(report.resolved.length === 0 ? [] : [`${report.resolved.length} resolved`]),
  ];
  const reviewed = report.reviewed.length === 0 ? '' : ` Reviewed: ${names(report.reviewed)}.`;
  return `Findings: ${counts.join(', ')}.${reviewed}`;
}

function problems({ missing, unexplained, skipped, unread }: ReviewReport): readonly string[] {
  const notRead = describeUnread(unread);
  return [
    ...(missing.length === 0
      ? []
      : [`**No valid verdict on this change** for ${names(missing)}: its review failed, or is of another state. Run it again.`, '']),
    ...(unexplained.length === 0 ? [] : [`**A reviewer asks for changes without saying which** in ${names(unexplained)}.`, '']),
    ...(skipped.length === 0 ? [] : [`Not reviewed, as the options say: ${names(skipped)}.`, '']),
    ...(notRead === null ? [] : [escapeMarkdown(printableLine(notRead, LIMITS.unread)), '']),
  ];
}

function names(projects: readonly string[]): string {
  const shown: string[] = [];
  for (const project of projects) {
    const name = inCode(printableLine(project, 100).replace(/`/g, "'"));
    if (shown.join(', ').length + name.length > LIMITS.names) break;
    shown.push(name);
  }
  const more = projects.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function dismissedLine(finding: ReportFinding): string {
  const { dismissal, severity, title } = finding;
  const by = dismissal?.by ?? null;
  const until = dismissal?.expires ?? null;
  const who = [by === null ? '' : ` by ${oneLine(by)}`, until === null ? '' : `, until ${until}`].join('');
  return `- ${severity}: ${oneLine(title)} ${findingLine(finding)}. Dismissed${who}: ${oneLine(dismissal?.reason ?? '')}`;
}

/** What users did that counts for nothing, so that no user waits for it to count. */
function remarks({ findings, ignores, refusedReplies }: ReviewReport): readonly string[] {
  const present = new Set(findings.map(({ fingerprint }) => fingerprint));
  return [
    ...ignores.expired
      .filter((fingerprint) => present.has(fingerprint))
      .map((fingerprint) => `- ${inCode(fingerprint)}: its entry in \`nx-fleet-ignore.json\` has expired.`),
    ...refusedReplies.map(({ fingerprint, by, why }) =>
      why === 'no-reason'
        ? `- ${inCode(fingerprint)}: the reply of ${escapeMarkdown(by)} gives no reason, and does not count.`
        : `- ${inCode(fingerprint)}: ${escapeMarkdown(by)} has no write access here; the reply does not count.`,
    ),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [...(title === '' ? [] : [`**${title}**`, '']), ...lines, ''];
}

function folded(title: string, lines: readonly string[], maxCharacters: number): readonly string[] {
  if (lines.length === 0) return [];
  return [`<details><summary>${title}: ${lines.length}</summary>`, '', ...fitLines(lines, maxCharacters), '', '</details>', ''];
}
