import { printable, type CommandRunner } from '@nx-fleet/core';

export interface DifferenceRequest {
  readonly workspaceRoot: string;
  /** Relative to the workspace. */
  readonly file: string;
  /** What the file would hold. */
  readonly wanted: string;
  readonly path: string;
}

/** How a file would change, as git shows it: lines with `-` go, lines with `+` come. */
export async function difference({ workspaceRoot, file, wanted, path }: DifferenceRequest, commands: CommandRunner): Promise<string> {
  const { ended, exitCode, stdout, stderr } = await commands.run({
    file: 'git',
    args: ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--', file, '-'],
    cwd: workspaceRoot,
    env: { PATH: path, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    input: wanted,
  });
  // With --no-index git answers 1 for a difference.
  if (ended !== 'exited' || exitCode !== 1) throw new Error(`git diff --no-index failed for "${file}"`, { cause: stderr });
  const lines = printable(stdout).split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith('@@'))).join('\n');
}
