import {
  allowedEnvironment,
  commandText,
  commandWords,
  createRedactor,
  printableLine,
  findSecrets,
  UserError,
  type CommandLine,
  type CommandResult,
  type DatabaseBranchRequest,
  type DatabaseSettings,
} from '@nx-fleet/core';
import type { DatabaseContext } from '../create-database.js';
import { parseVariables, plainLines } from './printed-variables.js';

export type CommandSettings = Extract<DatabaseSettings, { type: 'command' }>;

export interface Programs {
  readonly settings: CommandSettings;
  readonly context: DatabaseContext;
}

export interface ProgramRun {
  /** Its key in the settings. */
  readonly verb: 'create' | 'remove' | 'list' | 'reset';
  readonly line: CommandLine;
  /** What replaces `{name}` and `{project}`. */
  readonly values: Readonly<Record<string, string>>;
  readonly request: Pick<DatabaseBranchRequest, 'mainWorktree' | 'onProgress' | 'signal'>;
}

/**
 * Runs one of the team's programs in the main worktree. Its lines are shown once it has ended: only then are the values that it printed
 * known, and taken out of them. @returns its standard output
 * @throws UserError when it fails
 */
export async function runProgram({ settings, context }: Programs, { verb, line, values, request }: ProgramRun): Promise<string> {
  const [file, ...args] = commandWords(line, values);
  const env = allowedEnvironment(context.env, settings.passEnv);
  const { mainWorktree, onProgress, signal } = request;
  const result = await context.commands.run({ file, args, cwd: mainWorktree, env, ...(signal === undefined ? {} : { signal }) });
  signal?.throwIfAborted();
  const redact = createRedactor([...findSecrets(context.env), ...secretsPrinted(result)]);
  const said = [...(verb === 'list' ? [] : plainLines(result.stdout)), ...plainLines(result.stderr)].map((text) =>
    printableLine(redact(text)),
  );
  const text = printableLine(redact(commandText(line)));
  if (result.ended === 'not-found') {
    throw new UserError(`Program "${printableLine(file)}" of "database.${verb}" was not found. Install it, or correct the setting.`);
  }
  if (result.exitCode !== 0) {
    const how = result.exitCode === null ? `${result.ended} ${result.signal ?? ''}`.trim() : `exit code ${result.exitCode}`;
    throw new UserError(
      `Command "${text}" of "database.${verb}" failed (${how})${said.length === 0 ? '' : `: ${said.at(-1)}`}. Fix it, and run this again.`,
    );
  }
  said.forEach(onProgress);
  return result.stdout;
}

/** Whatever a variable is called, its value may be a secret. */
function secretsPrinted({ stdout, stderr }: CommandResult): readonly string[] {
  const printed = Object.values({ ...parseVariables(stderr), ...parseVariables(stdout) });
  return printed.flatMap((value) => findSecrets({ SECRET: value }));
}
