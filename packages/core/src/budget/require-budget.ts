import type { Ledger } from './ledger.js';
import { type AgentRun, formatSpending, formatUsd, readAgentRuns, type Spending, sumSpending } from './spending.js';
import { UserError } from '../errors/user-error.js';
import type { Registry } from '../host/registry.js';
import type { BudgetsSettings } from '../settings/section-settings.js';
import { count } from '../text/count.js';

/** The stage that wants to run an agent. */
export interface PayingStage {
  readonly project: string;
  readonly target: string;
  /** The hash that Nx stores its result under; null outside Nx. */
  readonly key: string | null;
}

export interface BudgetContext {
  readonly budgets: BudgetsSettings;
  readonly ledger: Ledger;
  readonly registry: Registry;
  readonly onProgress: (line: string) => void;
}

/** One budget that is set, and what counts against it. */
interface Scope {
  readonly option: 'stageUsd' | 'issueUsd' | 'runUsd';
  readonly limitUsd: number;
  /** What it is for, for the user. */
  readonly of: string;
  readonly spending: Spending;
}

/**
 * Lets a stage continue while no budget is used up. What other processes have under way is not counted before it has ended: tasks in parallel can go
 * over a budget by what they had begun.
 * @throws UserError when one is used up, with how to continue
 */
export async function requireBudget(stage: PayingStage, { budgets, ledger, registry, onProgress }: BudgetContext): Promise<void> {
  if (budgets.stageUsd === undefined && budgets.issueUsd === undefined && budgets.runUsd === undefined) return;
  const scopes = scopesOf(stage, budgets, { runs: await readAgentRuns({ ledger, registry }), run: ledger.run });
  const usedUp = scopes.find(({ limitUsd, spending }) => spending.knownUsd >= limitUsd);
  if (usedUp !== undefined) throw new UserError(`${describeUsedUp(usedUp)} ${kept(stage)} ${wayOn(usedUp, stage)}`);
  const unsure = scopes.find(({ spending }) => spending.unknownRuns > 0);
  if (unsure === undefined) return;
  const unknown = `Cost unknown for ${count(unsure.spending.unknownRuns, 'agent run')} of ${unsure.of}`;
  if (budgets.unknown === 'warn')
    return onProgress(`${unknown}; "budgets.${unsure.option}" counts the rest: ${formatUsd(unsure.spending.knownUsd)}`);
  throw new UserError(
    `${unknown}, and "budgets.unknown" is "stop". ${kept(stage)} To continue, set it to "warn", then run again: ${again(stage)}`,
  );
}

function scopesOf(
  { project, target, key }: PayingStage,
  { stageUsd, issueUsd, runUsd }: BudgetsSettings,
  { runs, run }: { readonly runs: readonly AgentRun[]; readonly run: string },
): readonly Scope[] {
  const ofIssue = runs.filter((one) => one.project === project);
  const ofStage = ofIssue.filter((one) => one.target === target && (key === null || one.key === key));
  const ofRun = runs.filter((one) => one.run === run);
  const scopes = [
    { option: 'stageUsd', limitUsd: stageUsd, of: `${target} of ${project}`, counted: ofStage },
    { option: 'issueUsd', limitUsd: issueUsd, of: project, counted: ofIssue },
    { option: 'runUsd', limitUsd: runUsd, of: 'this command', counted: ofRun },
  ] as const;
  return scopes.flatMap(({ option, limitUsd, of, counted }) =>
    limitUsd === undefined ? [] : [{ option, limitUsd, of, spending: sumSpending(counted) }],
  );
}

function describeUsedUp({ option, limitUsd, of, spending }: Scope): string {
  const spent = spending.runs === 0 ? formatUsd(0) : formatSpending(spending);
  return `The budget of ${formatUsd(limitUsd)} for ${of} ("budgets.${option}") is used up: ${spent} is spent.`;
}

function kept({ target }: PayingStage): string {
  return `${target} starts no agent; what is finished is kept.`;
}

function wayOn({ option }: Scope, stage: PayingStage): string {
  const raise = `To continue, raise "budgets.${option}" in nx-fleet.json, then run again: ${again(stage)}`;
  return option === 'runUsd' ? `${raise}. A new command has its own budget.` : raise;
}

function again({ project, target }: PayingStage): string {
  return `nx run ${project}:${target}`;
}
