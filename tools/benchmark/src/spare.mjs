import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compare, compareToLimit, measureInTurns } from './measure.mjs';
import { createRaw, removeRaw } from './provisioning.mjs';
import { untilDeleted } from './workspace.mjs';

const REFILL_MS = 600_000;
const POLL_MS = 250;
const GOAL_MS = 350;

/** Making a worktree with dependencies where a spare is ready. */
export async function measureSpare({ parent, shop }, { rounds }) {
  const { root, worktrees, run, nx } = shop;
  const raw = { branch: 'raw-1', path: join(worktrees, 'raw-1') };
  const untilReady = () => untilSpare(join(parent, 'fleet'));
  nx(['g', 'nx-fleet:worktree', '--issue=1']);
  nx(['g', 'nx-fleet:remove-worktree', '--issue=1']);
  const times = await measureInTurns(
    {
      idle: { before: untilReady, run: () => nx(['g', 'floor:noop']) },
      raw: { before: untilReady, run: () => createRaw(raw, { root, run, copies: false }), after: () => removeRaw(raw, run) },
      ours: {
        before: untilReady,
        run: () => nx(['g', 'nx-fleet:worktree', '--issue=1']),
        after: async () => {
          nx(['g', 'nx-fleet:remove-worktree', '--issue=1']);
          await untilDeleted(shop);
        },
      },
    },
    rounds,
  );
  await untilReady();
  // In CI it is used up and not replaced: what is measured next has none.
  for (const generator of ['worktree', 'remove-worktree']) nx(['g', `nx-fleet:${generator}`, '--issue=1'], { CI: 'true' });
  await untilDeleted(shop);
  const what = 'create 1 with dependencies from a warm spare';
  return [
    compareToLimit({ what, goalMs: GOAL_MS, ours: times.ours, idle: times.idle }),
    compare({ what, floor: 'git worktree add, no dependencies', goal: 1, ours: times.ours, floors: times.raw, idle: times.idle }),
  ];
}

/** The background process ends right after it has called the spare ready. */
async function untilSpare(home) {
  for (let waitedMs = 0; waitedMs < REFILL_MS; waitedMs += POLL_MS) {
    const states = spareStates(home);
    if (states.length > 0 && states.every((state) => state === 'ready')) return sleep(POLL_MS);
    await sleep(POLL_MS);
  }
  throw new Error(`No spare worktree was ready within ${REFILL_MS / 1000} s.`);
}

function spareStates(home) {
  const folder = join(home, 'registry');
  const versions = readdirSync(folder).flatMap((name) => /^r(\d+)\.json$/.exec(name)?.[1] ?? []);
  const newest = Math.max(...versions.map(Number));
  const { spares = [] } = JSON.parse(readFileSync(join(folder, `r${newest}.json`), 'utf8'));
  return spares.map(({ state }) => state);
}
