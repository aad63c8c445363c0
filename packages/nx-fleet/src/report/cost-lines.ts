import { count, formatSpending, printableLine, type Cost, type CostReport } from '@nx-fleet/core';
import { table } from './tables.js';

const COLUMNS = ['Agent runs', 'Input', 'of it cached', 'Output', 'Cost'];

/** A report on cost for the terminal. Each mark that is used is explained. */
export function costLines(report: CostReport): readonly string[] {
  const { total, since, underWay, saved } = report;
  if (total.runs === 0 && underWay === 0 && saved.runs === 0) {
    return [`No agent has run on this machine${since === null ? '' : ` since ${since}`}.`];
  }
  const issues = report.issues.flatMap(({ project, stages }) => stages.map((stage) => [project, stage.target, ...cells(stage)]));
  const subtotals = new Map(report.issues.map((issue) => [issue.project, ['', 'all of it', ...cells(issue)]]));
  const models = report.models.map((one) => [one.agent, one.model === null ? 'not named' : printableLine(one.model, 60), ...cells(one)]);
  return [
    since === null ? 'What agents have cost on this machine:' : `What agents have cost on this machine since ${since}:`,
    '',
    table(['Issue', 'Stage', ...COLUMNS], [...withSubtotals(issues, subtotals), ['all', '', ...cells(total)]]),
    '',
    table(['Agent', 'Model', ...COLUMNS], models),
    '',
    ...(underWay === 0 ? [] : [`${count(underWay, 'agent run is', 'agent runs are')} under way and not in these numbers yet.`]),
    savedLine(saved),
    ...marks([total, saved], total.isTokensComplete),
  ];
}

function withSubtotals(
  rows: readonly (readonly string[])[],
  subtotals: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  return rows.flatMap((row, index) => {
    const [project = ''] = row;
    const isFirst = rows[index - 1]?.[0] !== project;
    const isLast = rows[index + 1]?.[0] !== project;
    const shown = isFirst ? row : ['', ...row.slice(1)];
    const subtotal = subtotals.get(project);
    return isLast && !isFirst && subtotal !== undefined ? [shown, subtotal] : [shown];
  });
}

function cells(cost: Cost): readonly string[] {
  const { runs, inputTokens, cachedInputTokens, outputTokens, isTokensComplete } = cost;
  const tokens = (count: number): string => (count === 0 && !isTokensComplete ? '?' : `${isTokensComplete ? '' : '≥'}${tokenCount(count)}`);
  return [String(runs), tokens(inputTokens), tokenCount(cachedInputTokens), tokens(outputTokens), formatSpending(cost)];
}

/** `950`, `12.3k`, `1.24M` */
function tokenCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 999_950 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(2)}M`;
}

function savedLine(saved: CostReport['saved']): string {
  if (saved.runs === 0) return 'No cache savings recorded.';
  const shared = saved.paidElsewhere === 0 ? '' : ` ${saved.paidElsewhere} of them came from a shared cache.`;
  return `${count(saved.runs, 'result')} came from the cache and saved ${formatSpending(saved)}.${shared}`;
}

function marks(costs: readonly Pick<Cost, 'unknownRuns' | 'isInexact'>[], isTokensComplete: boolean): readonly string[] {
  const isUnknown = costs.some(({ unknownRuns }) => unknownRuns > 0) || !isTokensComplete;
  return [
    ...(isUnknown ? ['≥ part of it is unknown and not included; ? all of it is unknown'] : []),
    ...(costs.some(({ isInexact }) => isInexact) ? ['~ partly an estimate, by the price of a similar model or of short prompts'] : []),
  ];
}
