import { askAgent } from '../agent/ask-agent.js';
import { UserError } from '../errors/user-error.js';
import { excerpt, fence, renderPrompt } from '../prompt/render-prompt.js';
import { readDiff } from '../review/file-diff.js';
import type { Finding } from '../review/finding.js';
import { groundFindings } from '../review/ground-findings.js';
import { ARTEFACT_VERSION, schemaReference } from '../review/published-schema.js';
import { reviewAnswerSchema, type Review } from '../review/review.js';
import { RULE_PATHS } from '../review/rules.js';
import { vendorOf } from '../review/vendor.js';
import { weakenedChecks } from '../review/weakened-checks.js';
import { printable, printableLine } from '../text/printable.js';
import { readInSnapshot } from './read-in-snapshot.js';
import { requireIssue, type StageContext } from './stage-context.js';
import { recordStage } from './stage-recorder.js';
import type { AgentStageSettings } from './stage-settings.js';
import { requireValidation, type Validation } from './validation-artefact.js';

const MAX_DIFF_CHARACTERS = 300_000;
const NOTHING_TO_REVIEW = { verdict: 'approve', summary: 'The change is empty: there was nothing to review.', findings: [] } as const;

/**
 * One reviewer, in a fresh context and without any means to write, judges the change: spec, diff and check results in, findings out.
 * It sees neither the writer's words nor its commits, and the rules as they are at the base. Succeeds with any valid verdict. Nobody is asked
 * about a change that changes nothing.
 */
export async function reviewIssue(settings: AgentStageSettings, context: StageContext): Promise<Review> {
  const { git, host, project, target } = context;
  const issue = await requireIssue(context);
  const { baseTree, tree, checks } = await requireValidation(context);
  if ((await git.resolveTree(`refs/heads/${issue.manifest.branch}`)) !== tree) {
    throw new UserError(`"${issue.manifest.branch}" changed since it was checked. Run again: nx run ${project}:agent-review`);
  }
  const [diff, changed] = [await git.diff(baseTree, tree), await git.changedFiles(baseTree, tree)];
  const diffs = readDiff(diff);
  const prompt = renderPrompt('review', await context.prompt('review'), {
    spec: fence('markdown', issue.spec),
    diff: fence('diff', excerpt(diff, MAX_DIFF_CHARACTERS, 'See all of it: git diff HEAD~1')),
    checks: evidence(checks, weakenedChecks(diffs, changed)),
  });
  return recordStage(context, async (recorder) => {
    const answer =
      changed.length === 0
        ? NOTHING_TO_REVIEW
        : await readInSnapshot({ tree, baseTree, pathsFromBase: RULE_PATHS, issue, settings }, context, (place) =>
            askAgent(
              { settings, what: 'review', ...place, prompt, readOnly: true, env: {}, answer: reviewAnswerSchema },
              context,
              recorder,
            ),
          );
    const { grounded, ungrounded } = groundFindings(answer.findings, { changed, diffs });
    const review: Review = {
      $schema: schemaReference('review'),
      version: ARTEFACT_VERSION,
      reviewer: settings.agent,
      vendor: vendorOf(settings),
      model: recorder.lastModel() ?? settings.model,
      baseTree,
      tree,
      verdict: answer.verdict,
      summary: printable(answer.summary).trim(),
      findings: grounded,
      ungrounded,
    };
    await host.artefacts.write(project, target, 'review.json', `${JSON.stringify(review, null, 2)}\n`);
    return review;
  });
}

/** What was run, and what the diff does to it. */
function evidence(checks: Validation['checks'], facts: readonly Finding[]): string {
  const results = checks.map((check) => `- ${check.passed ? 'passed' : 'failed'}: ${check.command}`);
  const noticed = facts.map(({ file, title }) => `- noticed in ${printableLine(file)}: ${title}`);
  return [...(results.length === 0 ? ['No checks are configured.'] : results), ...noticed].join('\n');
}
