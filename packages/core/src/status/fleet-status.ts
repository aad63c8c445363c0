import { runRecordSchema, runTotals, type RunTotals } from '../agent/run-record.js';
import { parseArtefact } from '../artefact/parse-artefact.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { fingerprint } from '../text/fingerprint.js';
import { storedVerdictSchema } from '../review/verdict.js';
import type { Settings } from '../settings/settings.js';
import { BUILD_TARGET, PLAN_TARGET, REVIEW_TARGET, VALIDATE_TARGET, targetOf } from '../stages/targets.js';

export interface StageStatus extends RunTotals {
  readonly target: string;
  readonly state: 'waiting' | 'done' | 'failed';
  readonly durationMs: number | null;
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
  /** Sum of what is known, in US dollars. */
  readonly knownCostUsd: number;
  /** Whether `knownCostUsd` is all of it. */
  readonly isCostComplete: boolean;
}

/** What is known of every issue: stages with time, tokens and cost of the runs that were paid for, and the verdict. */
export async function fleetStatus(
  settings: Settings,
  { git, host }: { readonly git: Git; readonly host: Host },
): Promise<readonly IssueStatus[]> {
  const targets = [
    PLAN_TARGET,
    targetOf(BUILD_TARGET, settings.agents.writer),
    VALIDATE_TARGET,
    ...settings.agents.reviewers.map((reviewer) => targetOf(REVIEW_TARGET, reviewer)),
  ];
  const issues: IssueStatus[] = [];
  for (const project of await host.state.listProjects()) {
    const manifest = await host.state.readManifest(project);
    if (manifest === null) continue;
    const local = await host.state.readLocal(project);
    const stages = await Promise.all(targets.map((target) => stageStatus(project, target, host)));
    // Nobody plans or builds what was taken over as it is.
    const expected = manifest.adopted === true ? stages.slice(2) : stages;
    const agentStages = stages.filter((stage) => stage.target !== VALIDATE_TARGET && stage.state !== 'waiting');
    const costs = agentStages.map((stage) => stage.costUsd);
    issues.push({
      project,
      title: manifest.title,
      branch: manifest.branch,
      worktree: local !== null && (await host.pathExists(local.worktree)) ? local.worktree : null,
      ports: local?.ports ?? {},
      database: local?.database ?? null,
      stages,
      ...(await verdictStatus({ project, branch: manifest.branch, stages: expected, reviewers: settings.agents.reviewers }, { git, host })),
      knownCostUsd: costs.reduce<number>((total, cost) => total + (cost ?? 0), 0),
      isCostComplete: costs.length > 0 && !costs.includes(null),
    });
  }
  return issues;
}

async function stageStatus(project: string, target: string, host: Host): Promise<StageStatus> {
  const record = parseArtefact(await host.artefacts.read(project, target, 'run.json'), runRecordSchema);
  if (record === null) return { target, state: 'waiting', durationMs: null, inputTokens: null, outputTokens: null, costUsd: null };
  const { outcome, durationMs } = record;
  return { target, state: outcome === 'completed' ? 'done' : 'failed', durationMs, ...runTotals(record) };
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
  const verdict = parseArtefact(await host.artefacts.read(project, REVIEW_TARGET, 'verdict.json'), storedVerdictSchema);
  if (verdict === null) return { verdict: null, blockingFindings: 0 };
  const isCurrent =
    (await git.resolveTree(`refs/heads/${branch}`)) === verdict.tree &&
    fingerprint((await host.state.readSpec(project)) ?? '') === verdict.spec &&
    reviewers.every((name) => verdict.reviewers.some(({ reviewer }) => reviewer === name)) &&
    stages.every((stage) => stage.state === 'done');
  if (!isCurrent) return { verdict: 'stale', blockingFindings: 0 };
  return { verdict: verdict.verdict, blockingFindings: verdict.findings.filter((finding) => finding.blocking).length };
}
