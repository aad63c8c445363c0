import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const workspaceRoot = fileURLToPath(new URL('../../../../', import.meta.url));

/** A Node process of its own that runs our sources. */
export interface SourceProcess {
  readonly child: ChildProcess;
  /** The next line of its standard output. */
  nextLine(): Promise<string>;
  readonly exit: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
}

/** Starts a script, a module's text; `source('host/src/run/command-runner')` in it stands for our module's place. */
export function startSourceProcess(script: string, args: readonly string[] = []): SourceProcess {
  const text = script.replaceAll(/source\('([\w/-]+)'\)/g, (_, name: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../../${name}.ts`, import.meta.url))),
  );
  const child = spawn(
    process.execPath,
    ['-C', '@nx-fleet/source', '--import', './tools/source-loader/register.mjs', '--input-type=module', '-e', text, '--', ...args],
    {
      cwd: workspaceRoot,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => String((await lines.next()).value),
    exit: once(child, 'exit').then(([exitCode, signal]) => ({ exitCode, signal })),
  };
}
