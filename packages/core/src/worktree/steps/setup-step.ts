import { commandText, commandWords } from '../../check/command-words.js';
import { worktreeRedactor } from '../../environment/worktree-secrets.js';
import { UserError } from '../../errors/user-error.js';
import type { CommandLine } from '../../settings/settings.js';
import { printable } from '../../text/printable.js';
import type { Step } from '../provisioning-steps.js';
import { commandEnvironment, showDetail, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';
import { managedVariables } from './environment-step.js';

const SHOWN_LINES = 15;

/** A setup command that failed: the fault of the files that it read, if it has run to its end. */
export class SetupFailure extends UserError {
  constructor(
    message: string,
    readonly failed: { readonly command: string; readonly ended: string; readonly hasRun: boolean; readonly output: string },
  ) {
    super(message);
  }
}

/** What the team's tools need before dependencies are installed: a login, a package manager, trust. */
export const prepareStep: Step = {
  name: 'prepare',
  make: async (work, adapters) => {
    if (work.here || work.wasReady) return;
    const place = placeOf(work, commandEnvironment(work, adapters.host));
    for (const line of work.settings.worktrees.prepare) await runInWorktree({ label: 'prepare', line }, place, adapters);
  },
};

/** The team's commands for a new worktree. They may need its database, and so wait for one that could not be had. */
export const setupStep: Step = {
  name: 'setup',
  make: async (work, adapters) => {
    if (!isDue(work)) return;
    for (const line of work.settings.worktrees.setup) await runForWorktree({ label: 'setup', line }, work, adapters);
  },
};

/** What must succeed before a worktree is called ready. */
export const smokeStep: Step = {
  name: 'smoke',
  make: async (work, adapters) => {
    const { smoke } = work.settings.worktrees;
    if (!isDue(work) || smoke === undefined) return;
    await runForWorktree({ label: 'smoke check', line: smoke }, work, adapters);
  },
};

function isDue({ isSetUp, found }: WorktreeWork): boolean {
  return !isSetUp && found.databaseFailure === null;
}

export interface WorktreeCommand {
  readonly label: string;
  readonly line: CommandLine;
}

export interface CommandPlace {
  readonly worktree: string;
  /** The commit that it starts from. */
  readonly base: string;
  readonly env: Readonly<Record<string, string>>;
  /** Told the command when it begins. */
  readonly onBegin: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

function placeOf(work: WorktreeWork, env: Readonly<Record<string, string>>): CommandPlace {
  const { allocation, manifest, signal } = work;
  return { worktree: allocation.worktree, base: manifest.base, env, onBegin: (line) => showDetail(work, line), signal };
}

async function runForWorktree(command: WorktreeCommand, work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  const env = { ...commandEnvironment(work, adapters.host), ...(await managedVariables(work, adapters)) };
  await runInWorktree(command, placeOf(work, env), adapters);
}

/** Runs one of the team's commands. @throws SetupFailure */
export async function runInWorktree({ label, line }: WorktreeCommand, place: CommandPlace, adapters: WorktreeAdapters): Promise<void> {
  const { worktree: cwd, base, env, onBegin, signal } = place;
  const text = commandText(line);
  onBegin(`${label}: ${text}`);
  const [file, ...args] = commandWords(line);
  const result = await adapters.host.commands.run({ file, args, cwd, env, ...(signal === undefined ? {} : { signal }) });
  if (result.exitCode === 0) return;
  const redact = await worktreeRedactor({ worktree: cwd, env, base }, adapters);
  const output = redact(printable(`${result.stdout}\n${result.stderr}`))
    .trim()
    .split('\n')
    .slice(-SHOWN_LINES)
    .join('\n');
  const how = result.ended === 'exited' ? `exit code ${result.exitCode}` : result.ended;
  const message = `The ${label} command "${text}" failed in "${cwd}" (${how}). Fix it or remove it from "worktrees", then run this again.\n${output}`;
  throw new SetupFailure(message, { command: `${label}: ${text}`, ended: how, hasRun: result.ended === 'exited', output });
}
