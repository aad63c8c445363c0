import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { publishPackages } from '@nx-fleet/local-registry/publish.mjs';
import { startRegistry } from '@nx-fleet/local-registry/registry-process.mjs';
import { createWorkspace } from './src/workspace.mjs';

/**
 * What we cost on top of git and Nx, as ratios against a floor that is measured in the same run, alternating with it.
 * Absolute times are this machine's and say nothing elsewhere.
 */
const { values } = parseArgs({
  options: {
    issues: { type: 'string', default: '5' },
    files: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    nx: { type: 'string', default: '23.2.1' },
    json: { type: 'boolean', default: false },
  },
});
const issues = Number(values.issues);
const rounds = Number(values.rounds);

const registry = await startRegistry();
publishPackages(registry);
const workspace = createWorkspace({ registry, issues: issues + rounds, files: Number(values.files), nxVersion: values.nx });
try {
  const results = [measureWorktrees(workspace), measureCachedRun(workspace)];
  process.stdout.write(`${values.json ? JSON.stringify(results, null, 2) : results.map(line).join('\n')}\n`);
} finally {
  await registry.stop();
  rmSync(workspace.parent, { recursive: true, force: true, maxRetries: 5 });
}

/** `nx g worktree` against a generator that does nothing, plus `git worktree add`, plus a copy of node_modules. */
function measureWorktrees({ root, parent, run }) {
  const floors = [];
  const ours = [];
  for (let round = 1; round <= rounds; round++) {
    const bare = join(parent, `bare-${round}`);
    floors.push(
      timed(() => {
        run('npx', ['nx', 'g', 'floor:noop']);
        run('git', ['worktree', 'add', '-q', '--detach', bare]);
        run('cp', ['-a', join(root, 'node_modules'), bare]);
      }),
    );
    ours.push(timed(() => run('npx', ['nx', 'g', 'worktree', `--issue=${issues + round}`])));
    run('git', ['worktree', 'remove', '--force', bare]);
    run('npx', ['nx', 'g', 'remove-worktree', `--issue=${issues + round}`]);
  }
  return { what: 'nx g worktree / (no-op generator + git worktree add + cp -a node_modules)', ...ratio(ours, floors) };
}

/** A run that is all cache hits against a target graph of the same shape that does nothing. */
function measureCachedRun({ run }) {
  const all = Array.from({ length: issues }, (_, index) => index + 1).join(',');
  run('npx', ['nx', 'g', 'worktree', `--issue=${all}`]);
  run('npx', ['nx', 'run-many', '-t', 'agent-review']);
  const names = Array.from({ length: issues }, (_, index) => `floor-${index + 1}`).join(',');
  run('npx', ['nx', 'run-many', '-t', 'floor', '-p', names]);
  const floors = [];
  const ours = [];
  for (let round = 1; round <= rounds; round++) {
    floors.push(timed(() => run('npx', ['nx', 'run-many', '-t', 'floor', '-p', names])));
    ours.push(timed(() => run('npx', ['nx', 'run-many', '-t', 'agent-review'])));
  }
  return { what: `nx run-many -t agent-review, ${issues} issues all cached / the same graph of no-op targets`, ...ratio(ours, floors) };
}

function timed(work) {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function ratio(ours, floors) {
  const ratios = ours.map((value, index) => value / floors[index]);
  return {
    oursMs: median(ours),
    floorMs: median(floors),
    ratio: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
  };
}

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function line({ what, oursMs, floorMs, ratio: middle, ratioMin, ratioMax }) {
  return `${middle.toFixed(2)} (${ratioMin.toFixed(2)}–${ratioMax.toFixed(2)})  ${Math.round(oursMs)} ms / ${Math.round(floorMs)} ms  ${what}`;
}
