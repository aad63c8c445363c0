import { formatSpending, type IssueStatus, printableLine, type ProblemReport, findStage, type StageStatus } from '@nx-fleet/core';
import Table from 'cli-table3';

/** Rows under headings, in columns; no frame, so that it reads well in a log. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const drawing = new Table({ head: [...head], chars: none, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  drawing.push(...rows.map((row) => [...row]));
  return drawing.toString();
}

/** `850 ms`, `12.3 s`, `4 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

const OUTCOMES: Readonly<Record<ProblemReport['outcome'], string>> = {
  repaired: 'repaired',
  'would-repair': 'would be repaired',
  'needs-you': 'needs you',
  noted: 'noted',
  failed: 'failed',
};

/** What did not fit together, why, and what became of it. */
export function problemTable(reports: readonly ProblemReport[]): string {
  const rows = reports.map(({ subject, reason, remedy, outcome, error }) => [
    subject,
    error === undefined ? reason : `${reason}; ${error}`,
    remedy === 'advise' || remedy === 'note' ? '-' : remedy,
    OUTCOMES[outcome],
  ]);
  return table(['About', 'Reason', 'Remedy', 'Outcome'], rows);
}

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
  const counted = stages.filter((stage) => stage.state !== 'waiting' && findStage(stage.target)?.prompt !== null);
  if (counted.length === 0 || counted.some((stage) => stage.inputTokens === null || stage.outputTokens === null)) return '-';
  const total = counted.reduce((sum, stage) => sum + (stage.inputTokens ?? 0) + (stage.outputTokens ?? 0), 0);
  return total < 10_000 ? String(total) : `${Math.round(total / 1_000)}k`;
}

function verdictCell({ verdict, blockingFindings }: IssueStatus): string {
  if (verdict === 'request-changes') return `changes (${blockingFindings} blocking)`;
  if (verdict === 'approve') return 'approved';
  return verdict ?? '-';
}
