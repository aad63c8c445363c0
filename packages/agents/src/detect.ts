import { type CommandResult, printableLine } from '@nx-fleet/core';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { planEnvironment } from './agent-environment.js';
import type { AgentContext } from './agent-process.js';

const DETECT_TIMEOUT_MS = 10_000;
const VERSION = /\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?/;

export interface DetectRequest {
  /** Program as it was configured. */
  readonly command: string;
  readonly file: string;
  readonly versionArgs: readonly string[];
  /** Oldest version that works, or null when any text is a version. */
  readonly minimum: string | null;
  /** What to do when the program is missing. */
  readonly hint: string;
  /** Names of variables that the program needs besides the allow-list. */
  readonly passEnv: readonly string[];
}

/** Asks a program for its version, for at most 10 seconds. */
export async function detectProgram(
  request: DetectRequest,
  context: AgentContext,
): Promise<{ readonly version: string } | { readonly missing: string }> {
  const { env } = planEnvironment({ source: context.env, loginNames: request.passEnv, worktree: {}, switches: {} });
  const result = await context.commands.run({
    file: request.file,
    args: request.versionArgs,
    cwd: context.workspaceRoot,
    env,
    timeoutMs: DETECT_TIMEOUT_MS,
  });
  if (result.ended === 'not-found') return { missing: request.hint };
  const line = printableLine(firstLine(result.stdout) || firstLine(result.stderr));
  const call = `"${[request.command, ...request.versionArgs].join(' ')}"`;
  if (result.ended !== 'exited' || result.exitCode !== 0)
    return { missing: `${call} ${failure(result)}${line && `: ${line}`}. Repair the program.` };
  return judge({ call, line, minimum: request.minimum });
}

interface Answer {
  readonly call: string;
  readonly line: string;
  readonly minimum: string | null;
}

function judge({ call, line, minimum }: Answer): { readonly version: string } | { readonly missing: string } {
  if (minimum === null) return line === '' ? { missing: `${call} printed no version. Set "versionArgs".` } : { version: line };
  const version = VERSION.exec(line)?.[0];
  if (version === undefined) return { missing: `${call} printed "${line}", which holds no version. Check the program.` };
  return isOlder(version, minimum) ? { missing: `Found ${version}, need ${minimum} or newer: ${call}. Update it.` } : { version };
}

function isOlder(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => text.split(/[.+-]/, 3).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (have?.[index] ?? 0) - (need?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function failure(result: CommandResult): string {
  if (result.ended !== 'exited') return `did not answer within ${DETECT_TIMEOUT_MS / 1000} seconds`;
  return result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `failed with exit code ${result.exitCode}`;
}

function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0] ?? '';
}

/** A name without a slash is looked up on PATH; anything else is a path, taken from the workspace. */
export function resolveProgram(command: string, workspaceRoot: string): string {
  return /[/\\]/.test(command) ? resolve(workspaceRoot, command) : command;
}

/** What to do when the program of the agent `name` is missing; `npmPackage` is null when we cannot know where it comes from. */
export function installHint(name: string, command: string, npmPackage: string | null): string {
  const install = npmPackage === null ? 'Install it' : `Install it: npm install -g ${npmPackage}`;
  return `"${command}" was not found. ${install}, or set "agents.define.${name}.command".`;
}

/** A path as seen from `cwd`, or as it is when it lies outside. */
export function relativePath(cwd: string, path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(cwd, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside;
}
