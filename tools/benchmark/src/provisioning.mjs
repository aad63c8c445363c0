import { join } from 'node:path';
import { compare, measureInTurns } from './measure.mjs';
import { untilDeleted } from './workspace.mjs';

/** Spares are measured by themselves; in CI none is prepared. */
const NO_SPARES = { CI: 'true' };

/** Making one worktree and many, without dependencies. */
export async function measureCreation({ plain }, { rounds, issues }) {
  const one = await measureWorktrees(plain, { count: 1, rounds, copies: false });
  const many = await measureWorktrees(plain, { count: issues, rounds: fewer(rounds), copies: false });
  return [
    creation(one, { count: 1, goal: 1.3, floor: 'git worktree add' }),
    creation(many, { count: issues, goal: 1.3, floor: 'git worktree add' }),
  ];
}

/** Making one worktree and many with a node_modules each, and removing the many. */
export async function measureDependencies({ shop }, { rounds, issues }) {
  const floor = 'git worktree add + cp -al node_modules';
  const one = await measureWorktrees(shop, { count: 1, rounds, copies: true });
  const many = await measureWorktrees(shop, { count: issues, rounds: fewer(rounds), copies: true });
  return [
    creation(one, { count: 1, goal: 1.2, floor }),
    creation(many, { count: issues, goal: 1.2, floor }),
    removal(one, { count: 1 }),
    removal(many, { count: issues }),
  ];
}

/** Where one round takes minutes. */
export function fewer(rounds) {
  return Math.ceil(rounds / 2);
}

/** Makes worktrees and removes them again, by hand and by one command of ours. @returns milliseconds by contestant */
async function measureWorktrees(workspace, { count, rounds, copies }) {
  const { root, worktrees, run, nx } = workspace;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const raw = numbers.map((number) => ({ branch: `raw-${number}`, path: join(worktrees, `raw-${number}`) }));
  const issues = `--issue=${numbers.join(',')}`;
  const removed = { raw: [], ours: [] };
  const remove = async (who, act) => {
    const { removing } = await measureInTurns({ removing: { run: act } }, 1);
    removed[who].push(...removing);
    await untilDeleted(workspace);
  };
  const created = await measureInTurns(
    {
      idle: { run: () => nx(['g', 'floor:noop'], NO_SPARES) },
      raw: {
        run: () => raw.forEach((worktree) => createRaw(worktree, { root, run, copies })),
        after: () => remove('raw', () => raw.forEach((worktree) => removeRaw(worktree, run))),
      },
      ours: {
        run: () => nx(['g', 'nx-fleet:worktree', issues], NO_SPARES),
        after: () => remove('ours', () => nx(['g', 'nx-fleet:remove-worktree', issues], NO_SPARES)),
      },
    },
    rounds,
  );
  return { created, removed };
}

/** What a worktree costs by hand. */
export function createRaw({ branch, path }, { root, run, copies }) {
  run(['git', 'worktree', 'add', '-q', '--no-track', '-b', branch, path]);
  if (copies) run(['cp', '-al', join(root, 'node_modules'), path]);
}

export function removeRaw({ branch, path }, run) {
  run(['git', 'worktree', 'remove', '--force', path]);
  run(['git', 'branch', '-q', '-D', branch]);
}

function creation({ created }, { count, goal, floor }) {
  const what = `create ${count}${floor.includes('cp') ? ' with dependencies' : ', no dependencies'}${count === 1 ? '' : ', one command'}`;
  return compare({ what, floor: times(count, floor), goal, ours: created.ours, floors: created.raw, idle: created.idle });
}

function removal({ created, removed }, { count }) {
  return compare({
    what: `remove ${count} with dependencies${count === 1 ? '' : ', one command'}`,
    floor: times(count, 'git worktree remove --force + git branch -D'),
    goal: 1,
    ours: removed.ours,
    floors: removed.raw,
    idle: created.idle,
  });
}

function times(count, floor) {
  return count === 1 ? floor : `${count} × (${floor})`;
}
