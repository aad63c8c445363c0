import { type ChangesContext, combineVerdicts, judgeChanges } from './combine-verdicts.js';
import { parseState } from './comment-state.js';
import { readReplies } from './read-replies.js';
import { COMMENT_MARKER, needsComment, renderComment } from './render-comment.js';
import { renderCodeQuality, renderReportSarif } from './report-files.js';
import { type CommentOutcome, postComment, type ReviewPlace, type ReviewThread } from './review-comments.js';
import type { ReviewReport } from './review-report.js';
import type { ChangesIndex } from '../changes/changes-artifact.js';
import { UserError } from '../errors/user-error.js';
import { agreedIgnores, type IgnoresContext } from '../review/ignore-file.js';

export interface PublishContext extends ChangesContext {
  readonly git: ChangesContext['git'] & IgnoresContext['git'];
  /** The project and the target that run: where the files go. */
  readonly project: string;
  readonly target: string;
}

export interface Publication {
  readonly report: ReviewReport;
  readonly comment: CommentOutcome;
}

const NO_THREAD: ReviewThread = { own: [], replies: [] };

/**
 * Combines the verdicts on a change, writes them as files for code scanning and code quality, and keeps one comment on the pull request up to date:
 * it is written only when it says something else than before.
 * A pull request that cannot be found, read or written changes nothing of the rest: the findings are what this is for.
 * @throws UserError when the ignore file is not valid
 */
export async function publishReview(
  changes: ChangesIndex,
  findPlace: () => Promise<ReviewPlace>,
  context: PublishContext,
): Promise<Publication> {
  const { host, project, target } = context;
  const { thread, place } = await reach(findPlace);
  const report = combineVerdicts({
    verdicts: await judgeChanges(changes, context),
    skipped: changes.skipped,
    known: parseState(thread.own[0]?.body ?? ''),
    ignores: await agreedIgnores(changes, context),
    replies: readReplies(thread.replies),
    now: host.now(),
  });
  const comment = renderComment(report);
  await host.artifacts.clear(project, target);
  await host.artifacts.write(project, target, 'review.sarif', json(renderReportSarif(report)));
  await host.artifacts.write(project, target, 'gl-code-quality-report.json', json(renderCodeQuality(report)));
  await host.artifacts.write(project, target, 'comment.md', `${comment}\n`);
  return { report, comment: await outcomeOf(postComment(comment, { place, thread, isNews: needsComment(report) })) };
}

/** Without the thread nothing is dismissed by a reply, and nothing is written: it could be a second comment. */
async function reach(findPlace: () => Promise<ReviewPlace>): Promise<{ readonly place: ReviewPlace; readonly thread: ReviewThread }> {
  try {
    const place = await findPlace();
    return { place, thread: place.kind === 'nowhere' ? NO_THREAD : await place.comments.readThread(COMMENT_MARKER) };
  } catch (error) {
    return { place: { kind: 'nowhere', why: whyOf(error) }, thread: NO_THREAD };
  }
}

async function outcomeOf(posting: Promise<CommentOutcome>): Promise<CommentOutcome> {
  try {
    return await posting;
  } catch (error) {
    return { kind: 'nowhere', why: whyOf(error) };
  }
}

function whyOf(error: unknown): string {
  if (error instanceof UserError) return error.message.replace(/\.$/, '');
  throw error;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
