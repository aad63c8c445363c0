import { requireChanges } from '../../changes/changes-artifact.js';
import type { Git } from '../../git/git.js';
import type { Host } from '../../host/host.js';
import { readDiff } from '../../review/file-diff.js';
import type { Severity } from '../../review/finding.js';
import { agreedIgnores, applyIgnores, type Ignore, IGNORE_FILE, parseIgnores } from '../../review/ignore-file.js';
import { renderVerdict } from '../../review/render-verdict.js';
import type { Review } from '../../review/review.js';
import { renderSarif } from '../../review/sarif.js';
import type { IsJudge } from '../../review/steering.js';
import { reachVerdict, type Verdict } from '../../review/verdict.js';
import { weakenedChecks } from '../../review/weakened-tests.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import { REVIEW_TARGET } from '../../stage/targets.js';
import { fingerprint } from '../../text/names.js';
import { requireE2eReviews } from '../e2e/e2e-review.js';
import { issueReviewed, requireReviews, type Reviewed } from '../review/require-reviews.js';
import { placeOf, type ProjectReviewRequest, projectSpec, describeReviewed } from '../review/review-project.js';
import { readValidation } from '../validate/validation-artifact.js';

export interface GateSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
  /** Who tried the running app. @default none */
  readonly e2e?: string;
}

export interface GateSubject extends Reviewed {
  readonly title: string;
  readonly spec: string;
  /** What was run on the change. @default not known */
  readonly checks?: Verdict['checks'];
  /** What the team has agreed to live with: who is judged has no say in it. */
  readonly ignores: readonly Ignore[];
}

/**
 * Merges the stored reviews of a change into one verdict. Cheap, never cached; what to do about `request-changes` is the caller's.
 * @throws UserError when a review is missing or judges another change
 */
export async function judgeChange(
  { reviewers, blockOn, e2e }: GateSettings,
  subject: GateSubject,
  context: StageContext,
): Promise<Verdict> {
  const reviews = await requireReviews(reviewers, subject, context);
  const tried = await requireE2eReviews(e2e, subject, context);
  const judged = await judgeReviews([...reviews, ...tried], { project: context.project, blockOn, ignores: subject.ignores }, context);
  return subject.checks === undefined ? judged : { ...judged, checks: subject.checks };
}

/** Leaves the verdict on a change where users and `fleet:status` look for it: `verdict.json`, `review.md`, `review.sarif`. */
export async function storeVerdict(verdict: Verdict, { spec, title }: GateSubject, { host, project }: StageContext): Promise<void> {
  const write = (file: string, text: string): Promise<void> => host.artifacts.write(project, REVIEW_TARGET, file, text);
  await host.artifacts.clear(project, REVIEW_TARGET);
  await write('verdict.json', `${JSON.stringify({ ...verdict, spec: fingerprint(spec) }, null, 2)}\n`);
  await write('review.md', renderVerdict({ project, title }, verdict));
  await write('review.sarif', `${JSON.stringify(renderSarif(verdict), null, 2)}\n`);
}

/** The same, at once. */
async function gateChange(settings: GateSettings, subject: GateSubject, context: StageContext): Promise<Verdict> {
  const verdict = await judgeChange(settings, subject, context);
  await storeVerdict(verdict, subject, context);
  return verdict;
}

/** The verdict on an issue's branch as it is now. @throws UserError when a review is missing or judges another change */
export async function gateReview(settings: GateSettings, context: StageContext): Promise<Verdict> {
  return gateChange(settings, await issueSubject(context), context);
}

/** What is judged of an issue in the round that a stage belongs to. @throws UserError when the ignore file of its base is not valid */
export async function issueSubject(context: StageContext): Promise<GateSubject> {
  const { manifest, spec } = await requireIssue(context);
  const reviewed = await issueReviewed(manifest, context);
  const validation = await readValidation(context);
  const checks = validation !== null && validation.tree === reviewed.tree ? { checks: validation.checks } : {};
  const ignores = parseIgnores(await context.git.readFile(manifest.base, IGNORE_FILE), context.host.now());
  return { ...reviewed, ...checks, title: manifest.title, spec, ignores };
}

/**
 * The verdict on a project's part of the change that this command is about; null when the project is not touched.
 * @throws UserError when a review is missing or judges another change, or this one has no review
 */
export async function gateProject(settings: GateSettings, request: ProjectReviewRequest, context: StageContext): Promise<Verdict | null> {
  const { host, project, target } = context;
  const index = await requireChanges(request, placeOf(request, context), context.git);
  const change = index.projects.find((one) => one.project === project);
  if (change === undefined) {
    await host.artifacts.clear(project, target);
    return null;
  }
  const ignores = await agreedIgnores(index, context);
  return gateChange(
    settings,
    { ...describeReviewed(change), title: 'its part of the change', spec: projectSpec(change), ignores },
    context,
  );
}

export interface JudgeContext {
  readonly git: Pick<Git, 'diff' | 'changedFiles'>;
  readonly host: Pick<Host, 'now'>;
  /** @default nothing of the repository is a prompt or a program */
  readonly isJudge?: IsJudge | undefined;
}

export interface JudgeRules {
  readonly project: string;
  readonly blockOn: Severity | 'none';
  readonly ignores: readonly Ignore[];
}

/** The one verdict on reviews of one change: for the gate, and for the writer who fixes what it finds. */
export async function judgeReviews(
  reviews: readonly [Review, ...Review[]],
  { project, blockOn, ignores }: JudgeRules,
  { git, host, isJudge }: JudgeContext,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree), isJudge);
  return applyIgnores(reachVerdict(reviews, blockOn, facts), { project, ignores, now: host.now() });
}
