import {
  count,
  blockingFindings,
  describeUnread,
  place,
  printableLine,
  type CommentOutcome,
  type Publication,
  type ReportFinding,
  type ReviewReport,
} from '@nx-fleet/core';

const MOST_NAMED = 10;

/** A report for the terminal: a line for each finding, what became of the comment, and last why it passes or fails. */
export function publicationLines({ report, comment }: Publication): readonly string[] {
  const { findings, resolved, skipped, ignores } = report;
  const unread = describeUnread(report.unread);
  return [
    ...findings.map(findingLine),
    ...resolved.map((finding) => `resolved  ${finding.severity.padEnd(8)}  ${place(finding)}  ${printableLine(finding.title, 160)}`),
    ...(skipped.length === 0 ? [] : [`Not reviewed, by "review.projects": ${names(skipped)}`]),
    ...(unread === null ? [] : [unread]),
    ...(ignores.expired.length === 0 ? [] : [`Expired in nx-fleet-ignore.json: ${some(ignores.expired)}`]),
    ...(ignores.unmatched.length === 0 ? [] : [`Matches nothing here, in nx-fleet-ignore.json: ${some(ignores.unmatched)}`]),
    commentLine(comment),
    conclusion(report),
  ];
}

function findingLine(finding: ReportFinding): string {
  const { severity, file, title, reviewers, project, fingerprint, dismissal } = finding;
  const where = file === '' ? 'no place' : place(finding);
  const why = dismissal === null ? '' : `  (dismissed: ${printableLine(dismissal.reason, 80)})`;
  const by = printableLine(`${project}: ${reviewers.join(', ')}`);
  return `${markOf(finding)}  ${severity.padEnd(8)}  ${where}  ${printableLine(title, 160)}  [${by}]  ${fingerprint}${why}`;
}

function markOf({ blocking, dismissal }: ReportFinding): string {
  if (dismissal !== null) return 'silent  ';
  return blocking ? 'BLOCKS  ' : 'note    ';
}

function commentLine(comment: CommentOutcome): string {
  switch (comment.kind) {
    case 'nowhere':
      return `No comment is written: ${printableLine(comment.why)}.`;
    case 'needless':
      return `No comment on ${printableLine(comment.place)}: there is nothing to say.`;
    default:
      return `Comment on ${printableLine(comment.place)}: ${comment.kind}.`;
  }
}

function conclusion(report: ReviewReport): string {
  const blocking = blockingFindings(report).length;
  const reasons = [
    ...(blocking === 0 ? [] : [count(blocking, 'blocking finding')]),
    ...(report.missing.length === 0
      ? []
      : [
          `no valid review of this change for ${names(report.missing)}: nx run-many -t agent-review -p ${report.missing.map((project) => printableLine(project, 100)).join(',')}`,
        ]),
    ...(report.unexplained.length === 0 ? [] : [`a reviewer asks for changes without saying which in ${names(report.unexplained)}`]),
  ];
  return reasons.length === 0 ? `Passed: nothing blocks in ${count(report.reviewed.length, 'project')}` : `Failed: ${reasons.join('; ')}`;
}

/** Entries for other parts of the repository match nothing here: they are named, and fill no screen. */
function some(fingerprints: readonly string[]): string {
  const more = fingerprints.length - MOST_NAMED;
  return `${fingerprints.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function names(projects: readonly string[]): string {
  return projects.map((project) => printableLine(project, 100)).join(', ');
}
