const HEADINGS = ['What', 'Against', 'Result', 'Processor', 'Goal', 'Met', 'Ours', 'Floor', 'Nx alone'];

/** @param {ReturnType<typeof import('./measure.mjs').compare>[]} results @param {'text' | 'json' | 'markdown'} format */
export function renderResults(results, format) {
  if (format === 'json') return JSON.stringify(results, null, 2);
  if (format === 'text') return results.map(renderLine).join('\n');
  const rows = [HEADINGS, HEADINGS.map(() => '---'), ...results.map(cells)];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** One line for people. */
export function renderLine(result) {
  const [what, floor, value, cpu, goal, met, ours, floorTime, idle] = cells(result);
  const verdict = goal === '–' ? 'no goal' : `goal ${goal}: ${met === 'yes' ? 'met' : 'MISSED'}`;
  return `${value}  ${verdict}  ${what} / ${floor}  (processor ${cpu}, ours ${ours}, floor ${floorTime}, Nx alone ${idle})`;
}

function cells(result) {
  const { what, floor, unit, middle, least, most, cpu, goal, met } = result;
  const show = unit === 'ms' ? milliseconds : (value) => value.toFixed(2);
  const range = unit === 'tokens' ? '' : ` (${show(least)} to ${show(most)})`;
  return [
    what,
    floor,
    `${show(middle)}${range}`,
    Number.isFinite(cpu) && cpu > 0 ? cpu.toFixed(2) : '–',
    goal === null ? '–' : `≤ ${show(goal)}`,
    verdictWord(met),
    ...sizes(result),
  ];
}

function sizes({ unit, ours, floors, oursMs, floorMs, idleMs }) {
  if (unit === 'tokens') return [`${ours} tokens`, `${floors} tokens`, '–'];
  return [oursMs, floorMs, idleMs].map(milliseconds);
}

function verdictWord(met) {
  if (met === null) return '–';
  return met ? 'yes' : 'no';
}

function milliseconds(value) {
  if (value === null) return '–';
  return Math.abs(value) < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
