import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { storedVerdictSchema } from '../review/verdict.js';
import { FIX_TARGET, REVIEW_TARGET } from './targets.js';
import { requireIssue, type StageContext } from './stage-context.js';

export interface DeliverSettings {
  /** How often the writer may mend what the reviewers found. */
  readonly rounds: number;
}

export interface Delivery {
  /** Fixes that were made. */
  readonly fixes: number;
}

/**
 * Review, fix, review, until the reviewers approve. What is reviewed again is what changed; what did not is in the cache.
 * @param runTarget runs a target of the issue, with all that it depends on; whether it succeeded
 * @throws UserError when a stage fails, the rounds are used up, or a fix has changed nothing about what is found
 */
export async function deliverIssue(
  { rounds }: DeliverSettings,
  runTarget: (target: string) => Promise<boolean>,
  context: StageContext,
): Promise<Delivery> {
  const { project, onProgress } = context;
  const review = `.nx-fleet/out/${project}/${REVIEW_TARGET}/review.md`;
  let before: string | null = null;
  for (let fixes = 0; ; fixes++) {
    onProgress(fixes === 0 ? 'review' : `review after fix ${fixes}`);
    if (await runTarget(REVIEW_TARGET)) return { fixes };
    const found = await blockingFindings(context);
    if (found === null) {
      throw new UserError(`A stage before the verdict failed. Look at it, mend it, then run again: nx run ${project}:${REVIEW_TARGET}`);
    }
    if (found === before) {
      throw new UserError(`A fix has changed nothing about what the reviewers find. A person has to look at it: ${review}`);
    }
    if (fixes === rounds) {
      throw new UserError(`Not approved after ${rounds} fix(es). Look at ${review}; to go on, raise "review.rounds" and run this again.`);
    }
    before = found;
    onProgress(`fix ${fixes + 1} of at most ${rounds}`);
    if (!(await runTarget(FIX_TARGET))) {
      throw new UserError(`Fix ${fixes + 1} failed; everything before it is kept. Run it by itself: nx run ${project}:${FIX_TARGET}`);
    }
  }
}

/** What blocks the state that the branch holds now, in a form that compares; null when there is no such verdict. Lines move: they are left out. */
async function blockingFindings(context: StageContext): Promise<string | null> {
  const { git, host, project } = context;
  const { manifest } = await requireIssue(context);
  const verdict = parseArtefact(await host.artefacts.read(project, REVIEW_TARGET, 'verdict.json'), storedVerdictSchema);
  if (verdict === null || verdict.verdict === 'approve') return null;
  if (verdict.tree !== (await git.resolveTree(`refs/heads/${manifest.branch}`))) return null;
  const found = [...verdict.findings, ...verdict.reviewers.flatMap(({ ungrounded }) => ungrounded)];
  const blocking = found.filter((finding) => finding.blocking).map(({ file, title }) => `${file}\n${title}`);
  return JSON.stringify(blocking.sort());
}
