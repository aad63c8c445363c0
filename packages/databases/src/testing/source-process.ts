import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const workspaceRoot = fileURLToPath(new URL('../../../../', import.meta.url));

/** Starts a Node process of its own on a module's text; `source('postgres/session')` in it stands for our module's place. */
export function startSourceProcess(script: string, args: readonly string[]): ChildProcess {
  const text = script.replaceAll(/source\('([\w/-]+)'\)/g, (_, name: string) =>
    JSON.stringify(fileURLToPath(new URL(`../${name}.ts`, import.meta.url))),
  );
  return spawn(
    process.execPath,
    ['-C', '@nx-fleet/source', '--import', './tools/source-loader/register.mjs', '--input-type=module', '-e', text, '--', ...args],
    {
      cwd: workspaceRoot,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}
