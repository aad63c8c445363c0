import { acceptanceChecks, answerAt, type E2eAnswer } from './e2e-answer.js';
import type { E2e } from './e2e-review.js';
import type { E2eStageSettings } from './e2e.stage.js';
import { exchangeFile, type Exchanges, recordExchanges } from './exchanges.js';
import { askAgent } from '../../agent/ask-agent.js';
import { claimBuild } from '../../branch/claim-build.js';
import { clearInterruptedChecks, noteChecks } from '../../branch/interrupted-checks.js';
import { requireCleanWorktree, requireUnchanged } from '../../branch/own-branch.js';
import { UserError } from '../../errors/user-error.js';
import { excerpt, fence, renderPrompt } from '../../prompt/render-prompt.js';
import { findVendor } from '../../review/review.js';
import { pathsFromBase, type ReadingPlace, readInSnapshot } from '../../stage/read-in-snapshot.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { recordStage, type StageRecorder } from '../../stage/stage-recorder.js';
import { printable, printableLine } from '../../text/printable.js';
import { type AppAccess, requireServedApp, requireStillServed } from '../serve/app-state.js';
import { requireValidation, type Validation } from '../validate/validation-artifact.js';

const MAX_ROUNDS = 5;
const MAX_EXCHANGE_CHARACTERS = 20_000;

/**
 * One agent, in a fresh context and without any means to write, tries the running app: spec and repository in, requests out, which we send and
 * write down; at last a result for each check that the issue asks for, with the exchanges that show it. Succeeds with any valid result.
 */
export async function e2eIssue(settings: E2eStageSettings, access: AppAccess, context: StageContext): Promise<E2e> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const validation = await requireValidation(context);
  if ((await git.resolveTree(`refs/heads/${issue.manifest.branch}`)) !== validation.tree) {
    throw new UserError(`"${issue.manifest.branch}" changed since it was checked. Run again: nx run ${project}:agent-review`);
  }
  await claimBuild(context);
  await requireCleanWorktree(issue, context);
  const template = await context.prompt('e2e');
  return recordStage(context, async (recorder) => {
    const trialEnded = await noteChecks(issue, context);
    try {
      const answer = await tryServedApp({ settings, issue, template, recorder, validation, access }, context);
      return await storeE2e({ settings, validation, answer, recorder }, context);
    } finally {
      await trialEnded(context.signal?.aborted === true);
    }
  });
}

interface TryServed extends Pick<Try, 'settings' | 'issue' | 'template' | 'recorder' | 'validation'> {
  readonly access: AppAccess;
}

async function tryServedApp({ access, ...request }: TryServed, context: StageContext): Promise<E2eAnswer> {
  const { settings, issue, validation } = request;
  const { baseTree, tree } = validation;
  const app = await requireServedApp(tree, access, context);
  try {
    await requireUnchanged({ who: 'The app', tree, issue }, context);
    const exchanges = await recordExchanges({ url: app.url, settings: settings.app, issue, access }, context);
    const answer = await readInSnapshot(
      { tree, baseTree, pathsFromBase: await pathsFromBase(baseTree, settings, context.git), issue, settings },
      context,
      (place) => tryApp({ ...request, place, exchanges }, context),
    );
    await requireStillServed(app, context);
    return answer;
  } catch (error) {
    // Reviewers are at work beside it: to them it would look as if they had written what the app left.
    await clearInterruptedChecks(issue, context);
    throw error;
  }
}

interface Try {
  readonly settings: E2eStageSettings;
  readonly issue: StageIssue;
  readonly validation: Validation;
  readonly template: string;
  readonly place: ReadingPlace;
  readonly exchanges: Exchanges;
  readonly recorder: StageRecorder;
}

/** Round by round: each agent is a fresh one and sees all exchanges so far. */
async function tryApp(
  { settings, issue, validation, template, place, exchanges, recorder }: Try,
  context: StageContext,
): Promise<E2eAnswer> {
  const { app: _, ...agent } = settings;
  const wanted = acceptanceChecks(issue.spec);
  for (let round = 1; ; round++) {
    const what = round === 1 ? 'e2e' : `e2e, round ${round}`;
    const isLastRound = round === MAX_ROUNDS;
    const prompt = renderPrompt('e2e', template, {
      spec: fence('markdown', issue.spec),
      checks: wanted.length === 0 ? 'The issue lists none: name your own, with the number 0.' : fence('text', numbered(wanted)),
      exchanges: `${exchangeList(exchanges)}${isLastRound ? '\n\nThis is the last round: no further request is sent.' : ''}`,
    });
    const answer = answerAt({ required: wanted.length, exchanges: exchanges.texts.length, isLastRound });
    const said = await askAgent({ settings: agent, what, ...place, prompt, readOnly: true, env: {}, answer }, context, recorder);
    if (said.requests.length > 0) await exchanges.send(said.requests);
    // Before the next one is paid, and before what the app wrote is taken for a reader's doing.
    await requireUnchanged({ who: 'The app', tree: validation.tree, issue }, context);
    if (said.requests.length === 0)
      return { ...said, checks: said.checks.map((check) => ({ ...check, check: wanted[check.number - 1] ?? check.check })) };
  }
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n');
}

function exchangeList({ texts }: Exchanges): string {
  if (texts.length === 0) return 'None yet.';
  const cut = (text: string): string => excerpt(text, MAX_EXCHANGE_CHARACTERS, 'They are cut off.');
  return texts.map((text, index) => `Exchange ${index + 1}:\n\n${fence('http', cut(text))}`).join('\n\n');
}

interface ToStore {
  readonly settings: E2eStageSettings;
  readonly validation: Validation;
  readonly answer: E2eAnswer;
  readonly recorder: StageRecorder;
}

async function storeE2e({ settings, validation, answer, recorder }: ToStore, { git, host, project, target }: StageContext): Promise<E2e> {
  const { baseTree, tree } = validation;
  const changed = (await git.changedFiles(baseTree, tree)).map(({ path }) => path);
  const e2e: E2e = {
    agent: settings.agent,
    vendor: findVendor(settings),
    model: recorder.lastModel() ?? settings.model,
    baseTree,
    tree,
    verdict: answer.checks.every(({ passed }) => passed) ? 'approve' : 'request-changes',
    summary: printable(answer.summary).trim(),
    checks: answer.checks.map(({ number, check, passed, severity, seen, evidence, file }) => ({
      check: printableLine(check),
      required: number > 0,
      passed,
      // What the issue asks for and is not there is never a small matter.
      severity: number > 0 && !passed && severity !== 'critical' ? 'high' : severity,
      seen: printable(seen).trim(),
      evidence: evidence.map(exchangeFile),
      // A place that is not of the change would be an invention.
      file: changed.includes(file) ? file : '',
    })),
  };
  await host.artifacts.write(project, target, 'e2e.json', `${JSON.stringify(e2e, null, 2)}\n`);
  return e2e;
}
