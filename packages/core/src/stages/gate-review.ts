import type { Verdict } from '../review/verdict.js';
import { gateChange, type GateSettings } from './gate-change.js';
import { issueReviewed } from './issue-reviewed.js';
import { requireIssue, type StageContext } from './stage-context.js';

/** The verdict on an issue's branch as it is now. @throws UserError when a review is missing or judges another change */
export async function gateReview(settings: GateSettings, context: StageContext): Promise<Verdict> {
  const { manifest, spec } = await requireIssue(context);
  return gateChange(
    settings,
    { ...(await issueReviewed(manifest, context)), title: manifest.title, spec, ignoresAt: manifest.base },
    context,
  );
}
