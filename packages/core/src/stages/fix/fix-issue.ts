import { UserError } from '../../errors/user-error.js';
import { fence, renderPrompt } from '../../prompt/render-prompt.js';
import { place } from '../../review/render-verdict.js';
import type { Verdict } from '../../review/verdict.js';
import { printableLine } from '../../text/printable.js';
import { installWorktreeDependencies } from '../../worktree/worktree-work.js';
import { attemptBuild, type WriterTask } from '../build/attempt-build.js';
import { requireCheckout } from '../../branch/checkout-artifact.js';
import { claimBuild } from '../../branch/claim-build.js';
import { readFix, type Fix } from './fix-artifact.js';
import { judgeChange, storeVerdict, issueSubject, type GateSubject } from '../gate/gate-change.js';
import { clearAttempt, requireCleanWorktree } from '../../branch/own-branch.js';
import { buildingRef, builtRef } from '../../branch/refs.js';
import { setUpForWork } from '../../branch/set-up-worktree.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { recordStage } from '../../stage/stage-recorder.js';
import type { FixStageSettings } from './fix.stage.js';
import { parseTarget, REVIEW_TARGET } from '../../stage/targets.js';

/** A fix, and the commit that it is here. */
export type Fixed = Fix & { readonly head: string };

/**
 * A fresh writer fixes what the reviewers found, on top of what is on the branch; failing checks go to a fresh writer as in a build. It sees the
 * issue and the open findings, and no transcript. When nothing blocks, or the command asks for no fix, no agent is asked and nothing is changed.
 * @throws UserError also when the fix before this one has changed nothing about what is found
 */
export async function fixIssue(settings: FixStageSettings, isAsked: boolean, context: StageContext): Promise<Fixed> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { base } = await requireCheckout(context);
  const start = await git.resolveCommit(`refs/heads/${issue.manifest.branch}`);
  if (start === null) throw new UserError(`Branch "${issue.manifest.branch}" is gone. Run: nx run ${project}:agent-build`);
  const subject = await issueSubject(context);
  const verdict = await judgeChange(settings, subject, context);
  await claimBuild(context);
  await requireCleanWorktree(issue, context);
  const isWanted = isAsked && verdict.verdict !== 'approve';
  if (isWanted) {
    await storeVerdict(verdict, subject, context);
    await requireProgress({ verdict, settings, subject }, context);
  }
  return recordStage(context, async (recorder) => {
    if (!isWanted) return storeFix({ start, settings, issue, fixed: 0 }, context);
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

/** A second fix of the same findings would be paid for nothing. @throws UserError when the one before this has changed nothing about them */
async function requireProgress(
  { verdict, settings, subject }: { readonly verdict: Verdict; readonly settings: FixStageSettings; readonly subject: GateSubject },
  context: StageContext,
): Promise<void> {
  const { project, target } = context;
  const round = parseTarget(target).round - 1;
  const before = round === 0 ? null : await readFix({ writer: settings.agent, round }, context);
  if (before === null || before.fixed === 0 || before.tree !== verdict.tree) return;
  const judgedBefore = await judgeChange(settings, { ...subject, tree: before.startTree, round }, context);
  if (blockingFindings(judgedBefore) !== blockingFindings(verdict)) return;
  throw new UserError(
    `A fix did not change what the reviewers find. Look at it yourself: .nx-fleet/out/${project}/${REVIEW_TARGET}/review.md`,
  );
}

/** What blocks, in a form that compares. Lines move: they are left out. */
function blockingFindings({ findings, reviewers }: Verdict): string {
  const found = [...findings, ...reviewers.flatMap(({ ungrounded }) => ungrounded)];
  const blocking = found.filter((finding) => finding.blocking).map(({ file, title }) => `${file}\n${title}`);
  return JSON.stringify(blocking.sort());
}

/** What has to be fixed: what blocks; and where a reviewer objects without a place in the change, all that was found. */
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

/** What all who made a finding say about it. */
function wordsOf({ statements }: Verdict['findings'][number]): readonly string[] {
  return statements.flatMap(({ reviewer, title, body, recommendation }, index) =>
    [index === 0 ? '' : `${reviewer} says: ${printableLine(title)}`, body, recommendation].filter((text) => text !== ''),
  );
}

interface FixToStore {
  readonly start: string;
  readonly settings: FixStageSettings;
  readonly issue: StageIssue;
  readonly fixed: number;
}

async function storeFix({ start, settings, issue, fixed }: FixToStore, { git, host, project, target }: StageContext): Promise<Fixed> {
  const { branch } = issue.manifest;
  const head = await git.resolveCommit(`refs/heads/${branch}`);
  const [startTree, tree] = [await git.resolveTree(start), head === null ? null : await git.resolveTree(head)];
  if (head === null || tree === null || startTree === null) throw new Error(`branch "${branch}" vanished during its fix`);
  const commits = (await git.log(start, head)).map((commit) => printableLine(commit.subject));
  const fix: Fix = { agent: settings.agent, startTree, tree, commits, fixed };
  if (head !== start) await git.createBundle(`${host.artifacts.directory(project, target)}/branch.bundle`, start, head);
  await host.artifacts.write(project, target, 'fix.json', `${JSON.stringify(fix, null, 2)}\n`);
  return { ...fix, head };
}
