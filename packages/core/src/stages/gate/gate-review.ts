import type { Verdict } from '../../review/verdict.js';
import { IGNORE_FILE, parseIgnores } from '../../review/ignore-file.js';
import { gateChange, type GateSettings, type GateSubject } from './gate-change.js';
import { issueReviewed } from '../review/issue-reviewed.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import { readValidation } from '../validate/validation-artefact.js';

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
