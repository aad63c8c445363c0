import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCalls } from './agents.mjs';
import { addProduct, productNames, startApp } from './apps.mjs';
import { check, checkDistinct, DemoFailure } from './checks.mjs';
import { finishedRuns, worktreesOf } from './outcome.mjs';
import { print, seconds } from './print.mjs';
import { run } from './processes.mjs';

/** Runs an Nx command that cannot fail unless something is broken. @throws DemoFailure */
export async function nxOrFail(args, place) {
  const result = await nx(args, place);
  if (result.exitCode !== 0) throw new DemoFailure(`"nx ${args.join(' ')}" failed (exit code ${result.exitCode}).`);
  return result;
}

export async function makeWorktrees(place) {
  const { durationMs } = await nxOrFail(['g', 'worktree', '--issue=1,2,3'], place);
  print();
  const worktrees = worktreesOf(place).map(({ worktree }) => worktree);
  const missing = worktrees.flatMap((worktree) =>
    ['.git', 'node_modules/nx-fleet', '.env.local', 'data/shop.db'].map((file) => join(worktree, file)).filter((file) => !existsSync(file)),
  );
  check(
    `three worktrees in ${seconds(durationMs)}, each with its dependencies, env file and database`,
    worktrees.length === 3 && missing.length === 0,
    missing,
  );
}

/** @returns what the run came to */
export async function reviewAll(place) {
  const { exitCode, durationMs } = await nx(['run-many', '-t', 'agent-review'], place);
  const calls = readCalls(place.callLog);
  print(`\n  ${seconds(durationMs)}, exit code ${exitCode}`);
  return { exitCode, calls };
}

/** The same command again. What is finished must come from Nx's cache. */
export async function reviewAgain(place, before) {
  const finished = finishedRuns(place);
  const { exitCode, durationMs } = await nx(['run-many', '-t', 'agent-review'], place);
  const again = finishedRuns(place).filter((stage) => !finished.includes(stage));
  const calls = readCalls(place.callLog).length - before.calls.length;
  print();
  check(
    `${seconds(durationMs)}, and none of the ${finished.length} finished stages ran again: they come from Nx's cache`,
    again.length === 0,
    again,
  );
  if (before.calls.length > 0) check(`agents called: ${calls}`, calls === 0, calls);
  check(`the gate says the same as before (exit code ${exitCode})`, exitCode === before.exitCode, exitCode);
}

/** Starts the app in all worktrees at once, and writes through one of them. */
export async function startAllApps(place) {
  print('$ node apps/api/src/main.js    (in each of the three worktrees, at the same time)\n');
  const apps = await Promise.all(worktreesOf(place).map(({ project, worktree }) => startApp(project, worktree, place.env)));
  print();
  const ports = apps.map(({ port }) => port);
  checkDistinct(`three apps at once on three ports: ${ports.join(', ')}`, ports);
  checkDistinct(
    'three databases',
    apps.map(({ databaseUrl }) => databaseUrl),
  );
  await checkIsolation(apps);
  await Promise.all(apps.map(({ stop }) => stop()));
}

async function checkIsolation([first, ...others]) {
  const product = { name: 'Milk frother', priceCents: 1995, stock: 1 };
  await addProduct(first, product);
  const names = await productNames(first);
  check(`a product that is added through ${first.project} is in the database of ${first.project}`, names.includes(product.name), names);
  for (const other of others) {
    const theirs = await productNames(other);
    check(
      `and not in that of ${other.project}, which has its own ${theirs.length} products`,
      theirs.length > 0 && !theirs.includes(product.name),
      theirs,
    );
  }
}

/** Shows an Nx command as a person would type it, and runs it. */
function nx(args, { workspace, env }) {
  print(`$ npx nx ${args.join(' ')}\n`);
  return run([join(workspace, 'node_modules', '.bin', 'nx'), ...args], { cwd: workspace, env });
}
