import { CHECKS_STEP, type RunRecord, runRecordSchema, runTotals, type RunTotals } from '../agent/run-record.js';
import { parseArtifact } from '../artifact/artifact-store.js';
import { isInexactSource, readAgentRuns, type Spending, sumSpending } from '../budget/spending.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { readManifests } from '../manifest/manifest.js';
import { blockingCount, storedVerdictSchema } from '../review/verdict.js';
import type { Settings } from '../settings/settings.js';
import type { Stage } from '../stage/stage.js';
import { REVIEW_TARGET, targetOf } from '../stage/targets.js';
import { e2eReviewer } from '../stages/e2e/e2e-review.js';
import { isInUse, STAGES, targetsOfIssue } from '../stages/stages.js';
import { fingerprint } from '../text/names.js';

export interface StageStatus extends RunTotals {
  readonly target: string;
  readonly state: 'waiting' | 'done' | 'failed';
  readonly durationMs: number | null;
  /** Of checks that have not all passed: `1 check ran nothing: …`. */
  readonly checks?: string;
}

export interface IssueStatus {
  readonly project: string;
  readonly title: string;
  readonly branch: string;
  /** Null when the worktree is not ready on this machine. */
  readonly worktree: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly database: string | null;
  readonly stages: readonly StageStatus[];
  /** `stale`: branch, text or reviewers are others since, or a stage has failed. Null: none yet. */
  readonly verdict: 'approve' | 'request-changes' | 'stale' | null;
  readonly blockingFindings: number;
  /** What the results that are here cost when they were made, wherever that was. */
  readonly cost: Spending;
  /** What was spent for the issue on this machine: repeated, failed and killed runs too, and nothing for what came from the cache. */
  readonly spent: Spending;
}

/** What is known of every issue: stages with time, tokens and cost, and the verdict. */
export async function fleetStatus(
  settings: Settings,
  { git, host }: { readonly git: Git; readonly host: Host },
): Promise<readonly IssueStatus[]> {
  const columns = columnsOf(settings);
  const paid = paidTargets(settings);
  const issues: IssueStatus[] = [];
  const runs = await readAgentRuns(host);
  for (const [project, manifest] of (await readManifests(host.state)).valid) {
    const local = await host.state.readLocal(project);
    const names = new Set([...columns.map(({ target }) => target), ...paid]);
    const records = new Map(
      await Promise.all([...names].map(async (target) => [target, await readRecord(project, target, host)] as const)),
    );
    const stages = columns.map((column) => stageStatus(column, records.get(column.target) ?? null));
    const expected = stages.filter((_, index) => manifest.adopted !== true || columns[index]?.isOfAdopted === true);
    issues.push({
      project,
      title: manifest.title,
      branch: manifest.branch,
      worktree: local !== null && (await host.pathExists(local.worktree)) ? local.worktree : null,
      ports: local?.ports ?? {},
      database: local?.database ?? null,
      stages,
      ...(await verdictStatus(
        { project, branch: manifest.branch, stages: expected, reviewers: expectedReviewers(settings) },
        { git, host },
      )),
      cost: sumSpending(paidOnce(paid.map((target) => records.get(target) ?? null)).flatMap(agentCosts)),
      spent: sumSpending(runs.filter((run) => run.project === project)),
    });
  }
  return issues;
}

function expectedReviewers({ agents, validate }: Settings): readonly string[] {
  return [...agents.reviewers, ...(validate.agent === undefined ? [] : [e2eReviewer(validate.agent)])];
}

interface Column {
  readonly stage: Stage;
  readonly target: string;
  readonly isOfAdopted: boolean;
}

/** What is shown of each issue: of what the build made, and not of later rounds. */
function columnsOf(settings: Settings): readonly Column[] {
  return STAGES.flatMap((stage) => {
    const { target, agents, column } = stage;
    if (column === undefined) return [];
    const targets = agents === undefined ? [target] : agents(settings).map((agent) => targetOf(target, agent));
    return targets.map((name) => ({ stage, target: name, ...column }));
  });
}

/** The targets of all rounds whose agents cost something. */
function paidTargets(settings: Settings): readonly string[] {
  const targets = targetsOfIssue({ manifest: {}, settings });
  return targets.filter((target) => target.stage.prompt !== null && isInUse(target, settings)).map(({ name }) => name);
}

/** A result that another round has taken over was paid for once. */
function paidOnce(records: readonly (RunRecord | null)[]): readonly RunRecord[] {
  const known = new Map(records.flatMap((record) => (record === null ? [] : [[JSON.stringify(record), record] as const])));
  return [...known.values()];
}

async function readRecord(project: string, target: string, { artifacts }: Host): Promise<RunRecord | null> {
  return parseArtifact(await artifacts.read(project, target, 'run.json'), runRecordSchema);
}

function agentCosts(record: RunRecord | null): Parameters<typeof sumSpending>[0] {
  const steps = record?.steps.filter(({ what }) => what !== CHECKS_STEP) ?? [];
  return steps.map(({ costUsd, costSource }) => ({ state: 'ended', costUsd, isInexact: isInexactSource(costSource) }));
}

function stageStatus({ stage, target }: Column, record: RunRecord | null): StageStatus {
  if (record === null) return { target, state: 'waiting', durationMs: null, inputTokens: null, outputTokens: null, costUsd: null };
  const { outcome, durationMs, steps } = record;
  const checks = stage.prompt === null && outcome === 'completed' ? steps.find(({ what }) => what === CHECKS_STEP)?.ended : undefined;
  return {
    target,
    state: outcome === 'completed' ? 'done' : 'failed',
    durationMs,
    ...(checks === undefined || checks === 'passed' ? {} : { checks }),
    ...runTotals(record),
  };
}

interface Judged {
  readonly project: string;
  readonly branch: string;
  readonly stages: readonly StageStatus[];
  /** Who has to have judged. */
  readonly reviewers: readonly string[];
}

async function verdictStatus(
  { project, branch, stages, reviewers }: Judged,
  { git, host }: { readonly git: Git; readonly host: Host },
): Promise<Pick<IssueStatus, 'verdict' | 'blockingFindings'>> {
  const verdict = parseArtifact(await host.artifacts.read(project, REVIEW_TARGET, 'verdict.json'), storedVerdictSchema);
  if (verdict === null) return { verdict: null, blockingFindings: 0 };
  const isCurrent =
    (await git.resolveTree(`refs/heads/${branch}`)) === verdict.tree &&
    fingerprint((await host.state.readSpec(project)) ?? '') === verdict.spec &&
    reviewers.every((name) => verdict.reviewers.some(({ reviewer }) => reviewer === name)) &&
    stages.every((stage) => stage.state === 'done');
  if (!isCurrent) return { verdict: 'stale', blockingFindings: 0 };
  return { verdict: verdict.verdict, blockingFindings: blockingCount(verdict) };
}
