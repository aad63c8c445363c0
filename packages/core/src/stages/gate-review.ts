import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import type { Severity } from '../review/finding.js';
import { renderVerdict } from '../review/render-verdict.js';
import { reviewSchema, type Review } from '../review/review.js';
import { readDiff } from '../review/file-diff.js';
import { renderSarif } from '../review/sarif.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import { weakenedChecks } from '../review/weakened-checks.js';
import { fingerprint } from '../text/fingerprint.js';
import { requireIssue, type StageContext } from './stage-context.js';
import { REVIEW_TARGET, targetOf } from './targets.js';

export interface GateSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
}

/**
 * Merges the stored reviews into one verdict: `verdict.json`, `review.md`, `review.sarif`. Cheap, never cached; the caller fails on `request-changes`.
 * @throws UserError when a review is missing or judges another tree than the branch holds
 */
export async function gateReview({ reviewers, blockOn }: GateSettings, context: StageContext): Promise<Verdict> {
  const { git, host, project, target } = context;
  const { manifest, spec } = await requireIssue(context);
  const tree = await git.resolveTree(`refs/heads/${manifest.branch}`);
  const reviews: Review[] = [];
  for (const reviewer of reviewers) {
    const review = await requireReview(reviewer, context);
    if (review.tree !== tree) {
      throw new UserError(
        `The review by ${reviewer} is of another state of "${manifest.branch}" than is there now. Run again: nx run ${project}:${REVIEW_TARGET}`,
      );
    }
    reviews.push(review);
  }
  const [first, ...rest] = reviews;
  if (first === undefined) throw new UserError('No reviewer is configured. Name one in "agents.reviewers".');
  if (rest.some((review) => review.baseTree !== first.baseTree))
    throw new UserError(`The reviews of "${project}" start from different bases. Run again: nx run ${project}:${REVIEW_TARGET}`);
  if ((await git.resolveTree(first.baseTree)) === null)
    throw new UserError(
      `The base that "${project}" was reviewed against is not here. Fetch it, then run again: nx run ${project}:${REVIEW_TARGET}`,
    );
  const facts = weakenedChecks(readDiff(await git.diff(first.baseTree, first.tree)), await git.changedFiles(first.baseTree, first.tree));
  const verdict = reachVerdict([first, ...rest], blockOn, facts);
  await host.artefacts.clear(project, target);
  await host.artefacts.write(project, target, 'verdict.json', `${JSON.stringify({ ...verdict, spec: fingerprint(spec) }, null, 2)}\n`);
  await host.artefacts.write(project, target, 'review.md', renderVerdict(manifest, verdict));
  await host.artefacts.write(project, target, 'review.sarif', `${JSON.stringify(renderSarif(verdict), null, 2)}\n`);
  return verdict;
}

async function requireReview(reviewer: string, { host, project }: StageContext): Promise<Review> {
  const target = targetOf(REVIEW_TARGET, reviewer);
  const review = parseArtefact(await host.artefacts.read(project, target, 'review.json'), reviewSchema);
  if (review?.reviewer === reviewer) return review;
  throw new UserError(
    `There is no valid review of "${project}" by ${reviewer}. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}
