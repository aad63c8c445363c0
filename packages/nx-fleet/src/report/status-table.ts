import { formatSpending, printableLine, stageOf, type IssueStatus, type StageStatus } from '@nx-fleet/core';
import { duration, table } from './table.js';

/** Issues × stages: time, tokens, cost of the results that are here, what was spent for them on this machine, and the verdict. */
export function statusTable(issues: readonly IssueStatus[]): string {
  const targets = issues[0]?.stages.map((stage) => stage.target) ?? [];
  const head = ['Issue', 'Title', ...targets.map(shortName), 'Tokens', 'Cost', 'Spent here', 'Verdict', 'Port', 'Database'];
  const rows = issues.map((issue) => [
    issue.project,
    issue.title.length > 40 ? `${issue.title.slice(0, 39)}…` : issue.title,
    ...issue.stages.map(stageCell),
    tokensCell(issue.stages),
    formatSpending(issue.cost),
    formatSpending(issue.spent),
    verdictCell(issue),
    String(Object.values(issue.ports)[0] ?? '-'),
    issue.database ?? '-',
  ]);
  return table(head, rows);
}

function shortName(target: string): string {
  return target.replace('agent-', '').replace('--', ': ');
}

function stageCell({ state, durationMs, checks }: StageStatus): string {
  if (state === 'waiting') return '-';
  const time = durationMs === null ? '' : duration(durationMs);
  if (state === 'failed') return `failed ${time}`;
  return checks === undefined ? time : `${time}, ${printableLine(checks, 60)}`;
}

function tokensCell(stages: readonly StageStatus[]): string {
  const counted = stages.filter((stage) => stage.state !== 'waiting' && stageOf(stage.target)?.prompt !== null);
  if (counted.length === 0 || counted.some((stage) => stage.inputTokens === null || stage.outputTokens === null)) return '-';
  const total = counted.reduce((sum, stage) => sum + (stage.inputTokens ?? 0) + (stage.outputTokens ?? 0), 0);
  return total < 10_000 ? String(total) : `${Math.round(total / 1_000)}k`;
}

function verdictCell({ verdict, blockingFindings }: IssueStatus): string {
  if (verdict === 'request-changes') return `changes (${blockingFindings} blocking)`;
  if (verdict === 'approve') return 'approved';
  return verdict ?? '-';
}
