import { AsyncLocalStorage } from 'node:async_hooks';
import { withoutCommands } from '@nx-fleet/core';
import pc from 'picocolors';

/**
 * Prints as Nx' logger does, without loading Nx's devkit in each task. Text that agents, issues or a change may have a part in is made inert outside
 * of pipelines too: in a pipeline Nx shows again what a cached task has printed elsewhere.
 */
export const log = {
  info: (text: string): void => print('info', withoutCommands(text)),
  warn: (text: string): void => print('warn', pc.bold(pc.yellow(withoutCommands(text)))),
  error: (text: string): void => print('error', pc.bold(pc.red(withoutCommands(text)))),
} as const;

const captured = new AsyncLocalStorage<string[]>();

function print(stream: 'info' | 'warn' | 'error', text: string): void {
  const lines = captured.getStore();
  if (lines === undefined) console[stream](text);
  else lines.push(text);
}

/** Runs work, and holds back all that it logs. */
export async function captureLog<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result; readonly output: string }> {
  const lines: string[] = [];
  const result = await captured.run(lines, work);
  return { result, output: lines.map((line) => `${line}\n`).join('') };
}

/** JSON on one line of stdout. No line of JSON begins with a command; one within it is written with an escape, and means the same. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value).replaceAll('##[', '#\\u0023[')}\n`);
}

/**
 * Shows what happens now: steps where somebody looks on, output of programs with `--verbose`. Elsewhere Nx shows a task's output once it has ended,
 * and again on each hit.
 */
export function showDetail(line: string, kind: 'step' | 'output'): void {
  const isVerbose = process.env['NX_VERBOSE_LOGGING'] === 'true';
  const isLive = process.stdout.isTTY || process.env['NX_STREAM_OUTPUT'] === 'true';
  if (isVerbose || (isLive && kind === 'step')) log.info(line);
}
