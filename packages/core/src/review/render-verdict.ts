import type { Manifest } from '../manifest/manifest.js';
import { printable, printableLine } from '../text/printable.js';
import type { Verdict } from './verdict.js';

/** A verdict as Markdown: `review.md`. What agents wrote is escaped, so that it shows as text. */
export function renderVerdict({ project, title }: Pick<Manifest, 'project' | 'title'>, verdict: Verdict): string {
  const heading = verdict.verdict === 'approve' ? 'Approved' : 'Changes requested';
  const reviewers = verdict.reviewers.flatMap(({ reviewer, model, verdict: said, summary, ungrounded }) => [
    `- **${reviewer}**${model === null ? '' : ` (${escapeMarkdown(model)})`}: ${said}. ${escapeMarkdown(printableLine(summary, 1_000))}`,
    ...(ungrounded === 0 ? [] : [`  - ${ungrounded} finding(s) named no place in the change and were dropped.`]),
  ]);
  const findings = verdict.findings.flatMap((finding) => [
    `### ${finding.blocking ? 'Blocking, ' : ''}${finding.severity}: ${escapeMarkdown(printableLine(finding.title))}`,
    '',
    `\`${place(finding)}\`, confidence ${finding.confidence}, found by ${finding.reviewers.join(' and ')}`,
    '',
    escapeMarkdown(printable(finding.body)),
    '',
    ...(finding.recommendation === '' ? [] : [`**Do:** ${escapeMarkdown(printable(finding.recommendation))}`, '']),
  ]);
  return [
    `# ${heading}: ${project}, ${escapeMarkdown(title)}`,
    '',
    ...reviewers,
    '',
    `## Findings (${verdict.findings.length})`,
    '',
    ...(findings.length === 0 ? ['None.', ''] : findings),
  ].join('\n');
}

/** `src/app.ts:12` */
export function place({ file, startLine }: Verdict['findings'][number]): string {
  const path = printableLine(file, 300).replace(/`/g, "'");
  return startLine === 0 ? path : `${path}:${startLine}`;
}

function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|!~&]/g, '\\$&')
    .replace(/^(\s*)([-+=])/gm, '$1\\$2')
    .replace(/@(?=\w)/g, '@\u2060');
}
