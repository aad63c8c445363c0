import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { DemoFailure } from './checks.mjs';
import { print } from './print.mjs';
import { endProcess, startProcess } from './processes.mjs';

const START_LIMIT_MS = 20_000;
const POLL_MS = 100;

/** Starts the app in a worktree; it finds its port and its database in the worktree's `.env.local`. */
export async function startApp(project, worktree, env) {
  const { PORT, DATABASE_URL } = parseEnv(readFileSync(join(worktree, '.env.local'), 'utf8'));
  const child = startProcess([process.execPath, 'apps/api/src/main.js'], { cwd: worktree, env }, (line) => print(`${project}  ${line}`));
  const url = `http://127.0.0.1:${PORT}`;
  const app = { project, port: Number(PORT), databaseUrl: DATABASE_URL, url, stop: () => endProcess(child) };
  await waitForAnswer(app, child);
  return app;
}

/** The names of all products that an app knows. */
export async function productNames({ url }) {
  const response = await fetch(`${url}/products`);
  return (await response.json()).map(({ name }) => name);
}

export async function addProduct({ url }, product) {
  const response = await fetch(`${url}/products`, { method: 'POST', body: JSON.stringify(product) });
  if (!response.ok) throw new DemoFailure(`POST ${url}/products answered ${response.status}.`);
}

async function waitForAnswer({ project, url }, child) {
  const limit = performance.now() + START_LIMIT_MS;
  while (performance.now() < limit) {
    if (child.exitCode !== null) throw new DemoFailure(`The app of ${project} ended at once (exit code ${child.exitCode}).`);
    const answered = await fetch(`${url}/products`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await wait(POLL_MS);
  }
  throw new DemoFailure(`The app of ${project} does not answer at ${url}.`);
}
