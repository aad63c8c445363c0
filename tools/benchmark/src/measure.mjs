import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;
/** Of what follows the program's name in `/proc/self/stat`: processor time of ended children and theirs, in user and kernel mode. */
const [CHILDREN_USER, CHILDREN_SYSTEM] = [13, 14];

/**
 * Measures contestants in turns, so that a busy machine is busy for all of them; each round begins with another one.
 * What is done `before` and `after` is not measured.
 * @param {Record<string, { before?: (round: number) => unknown, run: (round: number) => unknown, after?: (round: number) => unknown }>} contestants
 * @param {number} rounds
 * @returns {Promise<Record<string, Sample[]>>} one of each round, by contestant
 * @typedef {{ wallMs: number, cpuMs: number | null }} Sample processor time is of the programs that were waited for, so not of a daemon
 */
export async function measureInTurns(contestants, rounds) {
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  // The first command of a workspace finds the daemon cold.
  await contestants.idle?.run(0);
  for (let round = 1; round <= rounds; round++) {
    const first = (round - 1) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const { before, run, after } = contestants[name];
      await before?.(round);
      const startedAt = performance.now();
      const cpuBefore = childrenCpuMs();
      await run(round);
      times[name].push({ wallMs: performance.now() - startedAt, cpuMs: cpuBefore === null ? null : childrenCpuMs() - cpuBefore });
      await after?.(round);
    }
  }
  return times;
}

/**
 * A line of the result: ours without what Nx itself takes (`idle`), against the floor of the same round.
 * @param {{ what: string, floor: string, goal?: number, ours: Sample[], floors: Sample[], idle?: Sample[] }} measured
 */
export function compare({ what, floor, goal, ours, floors, idle }) {
  const net = withoutIdle(ours, idle, 'wallMs');
  const ratios = net.map((value, round) => value / (floors[round]?.wallMs ?? Number.NaN));
  return {
    what,
    floor,
    unit: 'ratio',
    ...spread(ratios),
    cpu: median(withoutIdle(ours, idle, 'cpuMs')) / median(floors.map(({ cpuMs }) => cpuMs)),
    oursMs: median(net),
    floorMs: median(wallOf(floors)),
    idleMs: idle === undefined ? null : median(wallOf(idle)),
    ...verdict(median(ratios), goal),
  };
}

/** A line whose goal is a time: ours without what Nx itself takes. */
export function compareToLimit({ what, goalMs, ours, idle }) {
  const net = withoutIdle(ours, idle, 'wallMs');
  return {
    what,
    floor: 'a generator that does nothing',
    unit: 'ms',
    ...spread(net),
    oursMs: median(net),
    floorMs: null,
    idleMs: median(wallOf(idle)),
    ...verdict(median(net), goalMs),
  };
}

/** A line that counts what models are sent: the same in each run. */
export function compareTokens({ what, floor, goal, ours, floors }) {
  const ratio = ours / floors;
  return { what, floor, unit: 'tokens', ...spread([ratio]), ours, floors, ...verdict(ratio, goal) };
}

/** The median: a single round of what takes so little is mostly noise. */
function withoutIdle(ours, idle, time) {
  const idleMs = idle === undefined ? 0 : median(idle.map((sample) => sample[time]));
  return ours.map((sample) => sample[time] - idleMs);
}

function wallOf(samples) {
  return samples.map(({ wallMs }) => wallMs);
}

/** Steadier than the clock where other programs run; null where the system does not tell it in this way. */
function childrenCpuMs() {
  if (process.platform !== 'linux') return null;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILDREN_USER]) + Number(fields[CHILDREN_SYSTEM])) * TICK_MS;
}

function spread(values) {
  return { middle: median(values), least: Math.min(...values), most: Math.max(...values) };
}

function verdict(value, goal) {
  return goal === undefined ? { goal: null, met: null } : { goal, met: value <= goal };
}

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
