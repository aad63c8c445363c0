import { commandText, commandWords } from '../../check/command-words.js';
import { worktreeRedactor } from '../../environment/worktree-redactor.js';
import { UserError } from '../../errors/user-error.js';
import type { CommandLine } from '../../settings/settings.js';
import { printable } from '../../text/printable.js';
import type { Step } from '../provisioning-steps.js';
import { commandEnvironment, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';
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

/** The team's commands for a new worktree. They may need its database, and so wait for one that could not be had. */
export const setupStep: Step = {
  name: 'setup',
  make: async (work, adapters) => {
    if (!isDue(work)) return;
    for (const line of work.settings.worktrees.setup) await runInWorktree({ label: 'setup', line }, work, adapters);
  },
};

/** What must succeed before a worktree is called ready. */
export const smokeStep: Step = {
  name: 'smoke',
  make: async (work, adapters) => {
    const { smoke } = work.settings.worktrees;
    if (!isDue(work) || smoke === undefined) return;
    await runInWorktree({ label: 'smoke check', line: smoke }, work, adapters);
  },
};

function isDue({ isSetUp, found }: WorktreeWork): boolean {
  return !isSetUp && found.databaseFailure === null;
}

interface WorktreeCommand {
  readonly label: string;
  readonly line: CommandLine;
}

async function runInWorktree({ label, line }: WorktreeCommand, work: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  const text = commandText(line);
  work.onProgress(`${label}: ${text}`);
  const [file, ...args] = commandWords(line);
  const env = { ...commandEnvironment(work, adapters.host), ...(await managedVariables(work, adapters)) };
  const cwd = work.allocation.worktree;
  const result = await adapters.host.commands.run({ file, args, cwd, env, ...(work.signal === undefined ? {} : { signal: work.signal }) });
  if (result.exitCode === 0) return;
  const redact = await worktreeRedactor({ worktree: cwd, env, base: work.manifest.base }, adapters);
  const output = redact(printable(`${result.stdout}\n${result.stderr}`))
    .trim()
    .split('\n')
    .slice(-SHOWN_LINES)
    .join('\n');
  const how = result.ended === 'exited' ? `exit code ${result.exitCode}` : result.ended;
  const message = `The ${label} command "${text}" failed in "${cwd}" (${how}). Fix it or remove it from "worktrees", then run this again.\n${output}`;
  throw new SetupFailure(message, { command: `${label}: ${text}`, ended: how, hasRun: result.ended === 'exited', output });
}
