import { seededRandom } from './seeded-random.mjs';

/** A workspace as teams have it: a few libraries that many use, features on them, applications on these. Names with what they depend on. */
export const PROJECTS = {
  core: [],
  ui: ['core'],
  data: ['core'],
  auth: ['data'],
  catalog: ['data', 'ui'],
  cart: ['data', 'ui'],
  payments: ['auth'],
  web: ['catalog', 'cart', 'auth'],
  admin: ['catalog', 'auth'],
  api: ['payments', 'data'],
};
const PUSHES = 30;

const OPEN_AT_ONCE = 3;
/** How many projects a feature lies in. */
const SPREAD = { 1: 50, 2: 32, 3: 18 };
/** What people push to a pull request that is open: mostly fixes to one project, after a review or a red build. */
const FOLLOW_UPS = { 'fix-up': 42, extend: 14, rebase: 16, message: 10, root: 5, lock: 4, revert: 4, empty: 5 };
/** Each of these happens at least once. */
const CERTAIN = ['fix-up', 'extend', 'rebase', 'message', 'root', 'lock', 'revert', 'empty'];

/**
 * What is pushed, in its order: three pull requests are open at a time, in turns; each gets three to eight pushes and is merged; one is opened
 * again on another branch.
 * @param {number} seed
 * @returns {{ kind: string, pull: number, affects: string[], projects: string[] }[]} `affects`: where the whole pull request lies
 */
export function planHistory(seed) {
  const random = seededRandom(seed);
  for (;;) {
    const history = drawHistory(random);
    if (CERTAIN.every((wanted) => history.some(({ kind }) => kind === wanted))) return history;
  }
}

function drawHistory(random) {
  const queues = pullRequests(random);
  const history = [];
  const open = queues.splice(0, OPEN_AT_ONCE);
  const stale = new Map();
  while (open.length > 0) {
    const queue = random.pick(open);
    const push = rebaseable(queue, stale, random).shift();
    history.push(push);
    stale.set(push.pull, push.kind !== 'open' && push.kind !== 'rebase' && stale.get(push.pull));
    if (push.kind === 'merge') for (const pull of stale.keys()) stale.set(pull, true);
    if (queue.length > 0) continue;
    open.splice(open.indexOf(queue), 1);
    if (queues.length > 0) open.push(queues.shift());
  }
  return history;
}

/** Nobody rebases onto a branch that has not moved: something else is pushed before, or instead. */
function rebaseable(queue, stale, random) {
  const [{ kind, pull, affects }] = queue;
  if (kind !== 'rebase' || stale.get(pull)) return queue;
  const other = queue.findIndex((push) => ['fix-up', 'extend', 'message', 'root', 'lock'].includes(push.kind));
  if (other > 0) queue.unshift(...queue.splice(other, 1));
  else queue[0] = { kind: 'fix-up', pull, affects, projects: [random.pick(affects)] };
  return queue;
}

/** Each pull request's own pushes; together as many as are wanted. */
function pullRequests(random) {
  const lengths = [];
  // A merge is a push too; one push is the second pull request with the same change.
  for (let left = PUSHES - 1; left > 0; left -= lengths.at(-1) + 1) lengths.push(lengthOf(random, left));
  const follow = followUps(
    random,
    lengths.reduce((sum, length) => sum + length - 1, 0),
  );
  const twin = random.between(0, lengths.length - 1);
  return lengths.map((length, pull) => {
    const projects = featureProjects(random);
    const kinds = ['open', ...follow.splice(0, length - 1), ...(pull === twin ? ['twin'] : []), 'merge'];
    return kinds.map((kind) => ({ kind, pull: pull + 1, affects: projects, projects: projectsOf(kind, projects, random) }));
  });
}

/** So that what is left is never too little for another pull request of three pushes and its merge. */
function lengthOf(random, left) {
  if (left <= 9) return left - 1;
  return Math.min(random.between(3, 8), left - 5);
}

function followUps(random, count) {
  const drawn = Array.from({ length: count - CERTAIN.length }, () => random.weighted(FOLLOW_UPS));
  return random.shuffle([...CERTAIN, ...drawn]);
}

/** A feature lies in a project and in what it depends on. */
function featureProjects(random) {
  const spread = Number(random.weighted(SPREAD));
  const candidates = Object.keys(PROJECTS).filter((name) => reachable(name).length >= spread - 1);
  const first = random.pick(candidates);
  return [first, ...random.shuffle(reachable(first)).slice(0, spread - 1)];
}

function reachable(name) {
  return [...new Set(PROJECTS[name].flatMap((dependency) => [dependency, ...reachable(dependency)]))];
}

function projectsOf(kind, projects, random) {
  if (kind === 'open') return projects;
  return kind === 'fix-up' || kind === 'extend' ? [random.pick(projects)] : [];
}
