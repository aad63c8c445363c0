import { getPackageManagerCommand } from '@nx/devkit';
import type { StageContext } from '@nx-fleet/core';

/** What Nx tells a task about itself and its run: another run inside of it is none of that. */
const OF_THE_OUTER_RUN = /^NX_(TASK_|FORKED_|INVOKED_|STREAM_|PREFIX_|TERMINAL_|CLI_SET$|WORKSPACE_ROOT$|LOAD_DOT_ENV_FILES$)/;

/** Runs a target of the stage's issue with all that it depends on, in an Nx of its own. @returns whether it succeeded */
export async function nxRun(target: string, root: string, { project, host, onProgress, signal }: StageContext): Promise<boolean> {
  const [file = 'npx', ...words] = getPackageManagerCommand().exec.split(' ');
  const env = Object.fromEntries(Object.entries(host.env).filter(([name]) => !OF_THE_OUTER_RUN.test(name)));
  const { exitCode } = await host.commands.run({
    file,
    args: [...words, 'nx', 'run', `${project}:${target}`, '--outputStyle=stream'],
    cwd: root,
    env: { ...env, NX_TUI: 'false' },
    // Its stages have limits of their own.
    timeoutMs: Infinity,
    onLine: onProgress,
    ...(signal === undefined ? {} : { signal }),
  });
  return exitCode === 0;
}
