import { spawn } from 'node:child_process';

const SECOND_MS = 1000;

/** Runs a program without a shell and shows its output as it comes. Returns whether it ended with 0. */
export async function runStep(title, { command, args, cwd, env = process.env }) {
  process.stdout.write(`\n── ${title}\n`);
  const startedAt = Date.now();
  const failure = await endOf(spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }));
  const seconds = Math.round((Date.now() - startedAt) / SECOND_MS);
  process.stdout.write(`── ${title}: ${failure ?? 'done'} (${seconds} s)\n`);
  return failure === null;
}

function endOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `failed (${signal ?? `exit code ${code}`})`));
  });
}
