import { UserError } from '../errors/user-error.js';
import type { CommandLine } from '../settings/settings.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { worktreeEnvironment } from '../worktree/worktree-environment.js';

const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;
const QUOTED = /"([^"]*)"|'([^']*)'/g;
const SHELL_SYNTAX = /^(?:[&|]|[0-9&]?>|<)|;$|&&|\|\||\$\(|`/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/**
 * A configured command line as an argument array, with `{name}` replaced inside its words.
 * @throws UserError for shell syntax, which nothing here would interpret
 */
export function commandWords(line: CommandLine, values: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const words = typeof line === 'string' ? splitWords(line) : line;
  const [file, ...args] = words.map((word) =>
    word.replace(/\{(\w+)\}/g, (token, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? token) : token)),
  );
  if (file === undefined || file === '') throw new UserError(`Command "${String(line)}" is empty.`);
  return [file, ...args];
}

function splitWords(line: string): readonly string[] {
  const words = line.match(WORD) ?? [];
  const unquoted = words.map((word) => word.replace(QUOTED, ''));
  if (line.replace(QUOTED, '').match(/["']/) !== null) {
    throw new UserError(`Command "${line}" has a quote that is not closed. Close it, or give the words as an array.`);
  }
  if (unquoted.some((word) => SHELL_SYNTAX.test(word)) || ASSIGNMENT.test(words[0] ?? '')) {
    throw new UserError(
      `Command "${line}" uses shell syntax, and no shell runs it. Split it into several commands, or name the shell: ["sh", "-c", "…"].`,
    );
  }
  return words.map((word) => word.replace(QUOTED, (_, double?: string, single?: string) => double ?? single ?? ''));
}

/** A command line for users. */
export function commandText(line: CommandLine): string {
  return typeof line === 'string' ? line : line.join(' ');
}

/**
 * Refuses checks that cannot be started, before a writer is paid: a program that is missing is not a failure that a writer could fix.
 * @throws UserError that says what to write instead, where that is known
 */
export async function requirePrograms(
  { checks, passEnv }: { readonly checks: readonly CommandLine[]; readonly passEnv: readonly string[] },
  { local: { worktree } }: StageIssue,
  { host }: Pick<StageContext, 'host'>,
): Promise<void> {
  const { PATH = '' } = worktreeEnvironment(worktree, host.env, passEnv);
  for (const line of checks) {
    const [file, ...args] = commandWords(line);
    if (await host.hasProgram(file, { cwd: worktree, path: PATH })) continue;
    const ownNx = file === 'nx' && (await host.hasProgram('./nx', { cwd: worktree, path: PATH }));
    const remedy = ownNx
      ? `The Nx of this workspace is "./nx". Set "checks" to "${['./nx', ...args].join(' ')}"`
      : `Install it, make it executable, or change "checks"`;
    throw new UserError(
      `Check "${commandText(line)}" cannot be started: "${worktree}" has no program "${file}", nor has the PATH. ${remedy}; then run again.`,
    );
  }
}
