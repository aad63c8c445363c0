// oxlint-disable-next-line no-restricted-imports
import { logger } from '@nx/devkit';
import { withoutCommands } from '@nx-fleet/core';

/**
 * Nx' logger, for text that agents, issues or a change may have a part in. It is made inert outside of pipelines too: in a pipeline Nx shows again what
 * a cached task has printed elsewhere.
 */
export const log = {
  info: (text: string): void => logger.info(withoutCommands(text)),
  warn: (text: string): void => logger.warn(withoutCommands(text)),
  error: (text: string): void => logger.error(withoutCommands(text)),
} as const;

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
