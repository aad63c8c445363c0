import { parseArtefact } from '../artefact/parse-artefact.js';
import type { ChangesIndex } from '../changes/changes-artefact.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { IGNORE_FILE, ignoreFileSchema, parseIgnores } from '../review/ignore-file.js';
import { storedVerdictSchema, type Verdict } from '../review/verdict.js';
import { REVIEW_TARGET } from '../stages/targets.js';
import { renderCodeQuality } from './code-quality.js';
import { combineVerdicts, type ReportIgnore } from './combine-verdicts.js';
import { parseState } from './comment-state.js';
import { COMMENT_MARKER, isWorthAComment, renderComment } from './render-comment.js';
import { readReplies } from './read-replies.js';
import { postComment, type CommentOutcome } from './post-comment.js';
import { renderReportSarif } from './report-sarif.js';
import type { ReviewPlace, ReviewThread } from './review-comments.js';
import type { ReviewReport } from './review-report.js';

export interface PublishContext {
  /** The project and the target that run: where the files go. */
  readonly project: string;
  readonly target: string;
  readonly git: Pick<Git, 'readFile'>;
  readonly host: Pick<Host, 'artefacts' | 'now'>;
}

export interface Publication {
  readonly report: ReviewReport;
  readonly comment: CommentOutcome;
}

const NO_THREAD: ReviewThread = { own: [], replies: [] };

/**
 * Combines the verdicts on a change, writes them as files for code scanning and code quality, and keeps one comment on the pull request up to date:
 * it is written only when it says something else than before.
 * @throws UserError when the ignore file is not valid, or the pull request cannot be read or written; the files stand there in any case that the comment could not be written
 */
export async function publishReview(changes: ChangesIndex, place: ReviewPlace, context: PublishContext): Promise<Publication> {
  const { host, project, target } = context;
  const thread = place.kind === 'nowhere' ? NO_THREAD : await place.comments.readThread(COMMENT_MARKER);
  const report = combineVerdicts({
    verdicts: await readVerdicts(changes, context),
    skipped: changes.skipped,
    known: parseState(thread.own[0]?.body ?? ''),
    ignores: await readIgnores(changes, context),
    replies: readReplies(thread.replies),
    now: host.now(),
  });
  const comment = renderComment(report);
  await host.artefacts.clear(project, target);
  await host.artefacts.write(project, target, 'review.sarif', json(renderReportSarif(report)));
  await host.artefacts.write(project, target, 'gl-code-quality-report.json', json(renderCodeQuality(report)));
  await host.artefacts.write(project, target, 'comment.md', `${comment}\n`);
  return { report, comment: await postComment(comment, { place, thread, isNews: isWorthAComment(report) }) };
}

/** A verdict on other trees than those that were changed is one on another change. */
async function readVerdicts({ projects }: ChangesIndex, { host }: PublishContext): Promise<ReadonlyMap<string, Verdict | null>> {
  const verdicts = new Map<string, Verdict | null>();
  for (const { project, tree, baseTree } of projects) {
    const verdict = parseArtefact(await host.artefacts.read(project, REVIEW_TARGET, 'verdict.json'), storedVerdictSchema);
    verdicts.set(project, verdict?.tree === tree && verdict.baseTree === baseTree ? verdict : null);
  }
  return verdicts;
}

/** The head's entries, with what the change itself has added or altered marked so. */
async function readIgnores({ base, head }: ChangesIndex, { git, host }: PublishContext): Promise<readonly ReportIgnore[]> {
  const now = host.now();
  const text = await git.readFile(head, IGNORE_FILE);
  const before = await git.readFile(base, IGNORE_FILE);
  // Where the base's file is not valid nobody has agreed to it.
  const agreed = parseArtefact(before, ignoreFileSchema)?.findings ?? [];
  const known = new Set(agreed.map((entry) => JSON.stringify(entry)));
  return parseIgnores(text, now).map((ignore) => ({ ...ignore, isOwn: !known.has(JSON.stringify(ignore)) }));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
