import { spawnSync } from 'node:child_process';

const OUTPUT_BYTES = 64 << 20;

/**
 * Runs a program to its end.
 * @param {string[]} command
 * @param {{ cwd: string, env: Record<string, string> }} place
 * @returns {string} what it printed
 */
export function runProgram([file, ...args], { cwd, env }) {
  const { status, signal, error, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8', maxBuffer: OUTPUT_BYTES });
  if (status === 0) return stdout;
  throw new Error(`${file} ${args.join(' ')} ended with ${status ?? signal}\n${stdout}\n${stderr}`, { cause: error });
}
