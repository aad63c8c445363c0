import { UserError } from '../errors/user-error.js';
import { fence, renderPrompt } from '../prompt/render-prompt.js';
import { place } from '../review/render-verdict.js';
import type { Verdict } from '../review/verdict.js';
import { printableLine } from '../text/printable.js';
import { installWorktreeDependencies } from '../worktree/worktree-dependencies.js';
import { attemptBuild, type WriterTask } from './attempt-build.js';
import { requireCheckout } from './checkout-artefact.js';
import { claimBuild } from './claim-build.js';
import { requireE2eReviews } from './e2e-review.js';
import type { Fix } from './fix-artefact.js';
import { issueReviewed } from './issue-reviewed.js';
import { judgeReviews } from './judge-reviews.js';
import { clearAttempt, requireCleanWorktree } from './own-branch.js';
import { buildingRef, builtRef } from './refs.js';
import { requireReviews } from './require-reviews.js';
import { setUpForWork } from './set-up-worktree.js';
import { requireIssue, type StageContext, type StageIssue } from './stage-context.js';
import { recordStage } from './stage-recorder.js';
import type { FixStageSettings } from './stage-settings.js';

/**
 * A fresh writer mends what the reviewers found, on top of what is on the branch; failing checks go to a fresh writer as in a build. It sees the
 * issue and the open findings, and nobody's transcript. When nothing blocks, nothing is asked and nothing is changed.
 */
export async function fixIssue(settings: FixStageSettings, context: StageContext): Promise<Fix> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { base } = await requireCheckout(context);
  const { start, verdict } = await requireVerdict(settings, issue, context);
  await claimBuild(context);
  await requireCleanWorktree(issue, context);
  return recordStage(context, async (recorder) => {
    if (verdict.verdict === 'approve') return storeFix({ start, settings, issue, fixed: 0 }, context);
    const open = findingsToFix(verdict);
    await git.writeRef(buildingRef(project), start);
    try {
      await installWorktreeDependencies(issue, settings.passEnv, context);
      await setUpForWork(issue, context);
      const task = await fixTask(issue, { verdict, open }, context);
      await attemptBuild({ task, start, base, settings, issue, recorder }, context);
    } catch (error) {
      if ((await git.currentBranch(issue.local.worktree)) === issue.manifest.branch) await clearAttempt(start, issue, context);
      throw error;
    }
    const fix = await storeFix({ start, settings, issue, fixed: givenCount(verdict, open) }, context);
    await git.writeRef(builtRef(project), fix.head);
    await git.deleteRef(buildingRef(project));
    return fix;
  });
}

/** @throws UserError when the reviews are of something else than the branch holds */
async function requireVerdict(
  { reviewers, blockOn, e2e }: FixStageSettings,
  { manifest }: StageIssue,
  context: StageContext,
): Promise<{ readonly start: string; readonly verdict: Verdict }> {
  const start = await context.git.resolveCommit(`refs/heads/${manifest.branch}`);
  if (start === null) throw new UserError(`Branch "${manifest.branch}" is gone. Run: nx run ${context.project}:agent-build`);
  const reviews = await requireReviews(reviewers, await issueReviewed(manifest, context), context);
  const tried = await requireE2eReviews(e2e, reviews[0], context);
  return {
    start,
    verdict: await judgeReviews([...reviews, ...tried], { project: context.project, blockOn, ignoresAt: manifest.base }, context),
  };
}

/** What has to be mended: what blocks; and where a reviewer objects without a place in the change, all that was found. */
function findingsToFix({ findings }: Verdict): Verdict['findings'] {
  const blocking = findings.filter((finding) => finding.blocking);
  return blocking.length > 0 ? blocking : findings.filter(({ dismissed }) => dismissed === undefined);
}

/** How many findings the writer is given, objections without a place included. */
function givenCount({ reviewers }: Verdict, open: Verdict['findings']): number {
  return open.length + reviewers.flatMap(({ ungrounded }) => ungrounded).filter(({ blocking }) => blocking).length;
}

async function fixTask(
  issue: StageIssue,
  { verdict, open }: { readonly verdict: Verdict; readonly open: Verdict['findings'] },
  context: StageContext,
): Promise<WriterTask> {
  const template = await context.prompt('fix');
  const spec = fence('markdown', issue.spec);
  const findings = fence('markdown', renderFindings(verdict, open));
  const prompt = (failures: string): string => renderPrompt('fix', template, { spec, findings, failures });
  return { what: 'fix', prompt, purpose: 'review' };
}

function renderFindings({ reviewers }: Verdict, open: Verdict['findings']): string {
  const objections = reviewers
    .filter(({ verdict }) => verdict === 'request-changes')
    .flatMap(({ reviewer, summary, ungrounded }) => [
      `${reviewer} asks for changes: ${summary}`,
      ...ungrounded
        .filter(({ blocking }) => blocking)
        .map(({ severity, title }) => `- ${severity}, no place given: ${printableLine(title)}`),
    ]);
  const listed = open.map((finding) =>
    [`- ${finding.severity}, ${place(finding)}: ${printableLine(finding.title)}`, ...wordsOf(finding)].join('\n  '),
  );
  return [...objections, ...listed].join('\n');
}

/** What all who made a finding say of it. */
function wordsOf({ said }: Verdict['findings'][number]): readonly string[] {
  return said.flatMap(({ reviewer, title, body, recommendation }, index) =>
    [index === 0 ? '' : `${reviewer} says: ${printableLine(title)}`, body, recommendation].filter((text) => text !== ''),
  );
}

interface FixToStore {
  readonly start: string;
  readonly settings: FixStageSettings;
  readonly issue: StageIssue;
  readonly fixed: number;
}

async function storeFix({ start, settings, issue, fixed }: FixToStore, { git, host, project, target }: StageContext): Promise<Fix> {
  const { branch } = issue.manifest;
  const head = await git.resolveCommit(`refs/heads/${branch}`);
  const tree = head === null ? null : await git.resolveTree(head);
  if (head === null || tree === null) throw new Error(`branch "${branch}" vanished during its fix`);
  const commits = (await git.log(start, head)).map((commit) => printableLine(commit.subject));
  const fix: Fix = { agent: settings.agent, start, head, tree, commits, fixed };
  if (head !== start) await git.createBundle(`${host.artefacts.directory(project, target)}/branch.bundle`, start, head);
  await host.artefacts.write(project, target, 'fix.json', `${JSON.stringify(fix, null, 2)}\n`);
  return fix;
}
