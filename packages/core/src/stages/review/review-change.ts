import type { ReviewStageSettings } from './review.stage.js';
import { askAgent } from '../../agent/ask-agent.js';
import { outcomeText } from '../../check/check-result.js';
import { UserError } from '../../errors/user-error.js';
import type { LineCounts } from '../../git/git.js';
import { fence, renderPrompt } from '../../prompt/render-prompt.js';
import { diffParts } from '../../review/diff-parts.js';
import { readDiff } from '../../review/file-diff.js';
import type { Finding } from '../../review/finding.js';
import { groundFindings } from '../../review/ground-findings.js';
import { joinAnswers } from '../../review/join-answers.js';
import { ARTIFACT_VERSION, schemaReference } from '../../review/published-schema.js';
import { type Review, type ReviewAnswer, reviewAnswerSchema, findVendor } from '../../review/review.js';
import { countDiffLines, excludedFiles } from '../../review/unread-files.js';
import { weakenedChecks } from '../../review/weakened-tests.js';
import { pathsFromBase, readInSnapshot } from '../../stage/read-in-snapshot.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { recordStage } from '../../stage/stage-recorder.js';
import { printable, printableLine, showControls } from '../../text/printable.js';
import { requireValidation, type Validation } from '../validate/validation-artifact.js';

/** A change with what its reviewers get about it. */
export interface ReviewSubject {
  /** What it is for: Markdown from outside. */
  readonly spec: string;
  readonly baseTree: string;
  readonly tree: string;
  /** What was run on it; null when that is none of our business. */
  readonly checks: Validation['checks'] | null;
  /** Whose worktree must stay as it is; null when the change is in no issue's worktree. */
  readonly issue: StageIssue | null;
}

const NOTHING_TO_REVIEW: ReviewAnswer = { verdict: 'approve', summary: 'The change is empty: there was nothing to review.', findings: [] };

/**
 * One reviewer, in a fresh context and without any means to write, judges a change: spec, diff and check results in, findings out. It sees
 * neither the writer's words nor its commits, and the rules as they are at the base. Succeeds with any valid verdict. No agent is asked about a
 * change that changes nothing; one that is larger than a context window is shown in parts, each in a fresh context.
 */
export async function reviewChange(settings: ReviewStageSettings, subject: ReviewSubject, context: StageContext): Promise<Review> {
  const { git, host, project, target } = context;
  const { baseTree, tree, issue } = subject;
  const [diff, changed] = [await git.diff(baseTree, tree), await git.changedFiles(baseTree, tree)];
  const diffs = readDiff(diff);
  const paths = [...changed.map(({ path }) => path), ...diffs.flatMap(({ from }) => from ?? [])];
  const marks = await git.generatedMarks(baseTree, paths);
  const counts = changed.some(({ binary }) => binary) ? await git.lineCounts(baseTree, tree) : new Map<string, LineCounts>();
  const excluded = excludedFiles({ changed, diffs }, { patterns: settings.exclude, matches: context.matchesGlob, marks, counts });
  const { parts, cut } = diffParts(diff, excluded);
  const unread = [
    ...excluded,
    ...diffs
      .filter(({ path }) => cut.includes(path))
      .map((file) => ({ path: file.path, ...countDiffLines(file), reason: 'only its beginning' })),
  ];
  const read = diffs.map((file) => (excluded.some(({ path }) => path === file.path) ? { ...file, hunks: [] } : file));
  const prompts = await promptsFor(subject, { parts, facts: weakenedChecks(diffs, changed, context.isJudge) }, context);
  return recordStage(context, async (recorder) => {
    const answers =
      changed.length === 0
        ? [NOTHING_TO_REVIEW]
        : await readInSnapshot(
            { tree, baseTree, pathsFromBase: await pathsFromBase(baseTree, settings, git), issue, settings },
            context,
            async (place) => {
              const given: ReviewAnswer[] = [];
              const request = { settings, what: 'review', ...place, readOnly: true, env: {}, answer: reviewAnswerSchema };
              for (const prompt of prompts) given.push(await askAgent({ ...request, prompt }, context, recorder));
              return given;
            },
          );
    const answer = joinAnswers(answers);
    const { grounded, ungrounded } = groundFindings(answer.findings, { changed, diffs: read });
    const review: Review = {
      $schema: schemaReference('review'),
      version: ARTIFACT_VERSION,
      reviewer: settings.agent,
      vendor: findVendor(settings),
      model: recorder.lastModel() ?? settings.model,
      baseTree,
      tree,
      verdict: answer.verdict,
      summary: printable(answer.summary).trim(),
      findings: grounded,
      ungrounded,
      ...(unread.length === 0 ? {} : { unread }),
    };
    await host.artifacts.write(project, target, 'review.json', `${JSON.stringify(review, null, 2)}\n`);
    return review;
  });
}

interface Shown {
  /** At least one, if anything was changed that has lines. */
  readonly parts: readonly string[];
  readonly facts: readonly Finding[];
}

async function promptsFor({ spec, checks }: ReviewSubject, { parts, facts }: Shown, context: StageContext): Promise<readonly string[]> {
  const template = await context.prompt('review');
  const shown = parts.length === 0 ? [''] : parts;
  if (shown.length > 1) context.onProgress(`the change is larger than a context window: reviewed in ${shown.length} parts`);
  return shown.map((part, index) => {
    const note =
      shown.length === 1
        ? ''
        : `\n\nThis is part ${index + 1} of ${shown.length} of the change. The others are reviewed apart: judge this one.`;
    return renderPrompt('review', template, {
      spec: fence('markdown', spec),
      diff: `${fence('diff', showControls(part))}${note}`,
      checks: evidence(checks, facts),
    });
  });
}

/** What was run, and what the diff does to it. */
function evidence(checks: ReviewSubject['checks'], facts: readonly Finding[]): string {
  const results = checks?.map(
    (check) => `- ${outcomeText(check)}${check.outcome === 'ran-nothing' ? ' (no task was run: it proves nothing)' : ''}: ${check.command}`,
  );
  const none = results === undefined ? 'Nothing here: tests and linters run elsewhere.' : 'No checks are configured.';
  const noticed = facts.map(({ file, title }) => `- noticed in ${printableLine(file)}: ${title}`);
  return [...(results === undefined || results.length === 0 ? [none] : results), ...noticed].join('\n');
}

/** Has a reviewer judge what was built for an issue and checked. @throws UserError when that is not what is on its branch */
export async function reviewIssue(settings: ReviewStageSettings, context: StageContext): Promise<Review> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { baseTree, tree, checks } = await requireValidation(context);
  if ((await git.resolveTree(`refs/heads/${issue.manifest.branch}`)) !== tree) {
    throw new UserError(`"${issue.manifest.branch}" changed since it was checked. Run again: nx run ${project}:agent-review`);
  }
  return reviewChange(settings, { spec: issue.spec, baseTree, tree, checks, issue }, context);
}
