import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { DemoFailure } from './checks.mjs';
import { print } from './print.mjs';

const GRACE_MS = 5_000;
const running = new Set();
let isEnding = false;

/** Runs a program to its end. Its output is shown line by line unless `quiet`. @returns exit code, all lines, and the time it took */
export async function run([file, ...args], { cwd, env, quiet = false }) {
  const startedAt = performance.now();
  const lines = [];
  const child = startProcess([file, ...args], { cwd, env }, (line) => {
    lines.push(line);
    if (!quiet) print(line);
  });
  const [exitCode] = await once(child, 'close').catch((error) => {
    throw error.code === 'ENOENT' ? new DemoFailure(`"${file}" was not found. Install it first.`, { cause: error }) : error;
  });
  if (isEnding) await new Promise(() => {});
  return { exitCode, lines, durationMs: performance.now() - startedAt };
}

/** The same for what cannot fail unless something is broken. @throws DemoFailure with the end of its output */
export async function runOrFail(words, options) {
  const result = await run(words, options);
  if (result.exitCode === 0) return result;
  const output = options.quiet === true ? `\n${result.lines.slice(-20).join('\n')}` : '';
  throw new DemoFailure(`"${words.join(' ')}" failed (exit code ${result.exitCode}).${output}`);
}

/** Starts a program in a process group of its own. */
export function startProcess([file, ...args], { cwd, env }, onLine) {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) running.add(child);
  child.once('close', () => running.delete(child));
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  return child;
}

/** Ends a process and all of its group: first asked, then made to. */
export async function endProcess(child) {
  const closed = running.has(child) ? once(child, 'close') : Promise.resolve();
  signalGroup(child, 'SIGTERM');
  await Promise.race([closed, wait(GRACE_MS, undefined, { ref: false })]);
  signalGroup(child, 'SIGKILL');
}

/** Ends everything that was started. What waits for one of them goes no further. */
export async function endAllProcesses() {
  isEnding = true;
  await Promise.all([...running].map(endProcess));
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
