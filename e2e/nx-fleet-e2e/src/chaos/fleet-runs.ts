import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf, type Finished, type Running } from '../workspace/processes.js';
import type { Workspace } from '../workspace/workspace.js';
import type { Dice } from './dice.js';
import type { FleetCommand } from './fleet-commands.js';

/** About as long as a command acts, once it has begun to. */
const ACTING_MS = 3_000;
const STARTING_MS = 2_500;
const HANGS_AFTER_MS = 240_000;
/** One-line refusals are answers; a stack trace, Nx's or ours, is a bug. */
const STACK = /^\s+at .*:\d+:\d+\)?$/m;
/** People have no CI: spares are prepared. One process less per command leaves more rounds in the time. */
const PERSON = { CI: 'false', NX_ISOLATE_PLUGINS: 'false' };

export interface FleetRun {
  readonly command: FleetCommand;
  readonly wasKilled: boolean;
  readonly finished: Finished;
}

/** Runs a command to its end. */
export async function runCommand(command: FleetCommand, workspace: Workspace): Promise<FleetRun> {
  const running = workspace.startNx(command.args, { env: PERSON });
  return { command, wasKilled: false, finished: await ended(running) };
}

/** Runs a command whose whole process group is perhaps killed, at some time. */
export async function riskCommand(command: FleetCommand, workspace: Workspace, dice: Dice): Promise<FleetRun> {
  const isToBeKilled = dice.chance(0.75);
  const isEarly = dice.chance(0.15);
  const delayMs = dice.below(isEarly ? STARTING_MS : ACTING_MS);
  await sleep(dice.below(1_500));
  const running = workspace.startNx(command.args, { env: PERSON });
  let isOver = false;
  const finished = ended(running).finally(() => (isOver = true));
  if (!isToBeKilled) return { command, wasKilled: false, finished: await finished };
  // A command that ends before it acts has nothing to be killed in.
  if (!isEarly) await running.until(command.actsAfter).catch(() => {});
  await Promise.race([finished, sleep(delayMs)]);
  if (!isOver) running.signal('SIGKILL');
  const result = await finished;
  return { command, wasKilled: result.exitCode === null, finished: result };
}

/** Kills, perhaps, what prepares spares or deletes folders behind the commands. */
export async function riskBackground(workspace: Workspace, dice: Dice): Promise<readonly string[]> {
  const killed: string[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    await sleep(dice.below(800));
    for (const { pid, command } of processesOf(workspace.folder)) {
      const isBehind = command.includes('refill-main.js') || command.includes('.nx-fleet-discarded-');
      if (!isBehind || !dice.chance(0.15) || !kill(pid)) continue;
      killed.push(`killed ${command.includes('refill-main.js') ? 'the refill of spares' : 'a deletion'}`);
    }
  }
  return killed;
}

/** What an answer says that no command may say. */
export function answerFaults({ command, wasKilled, finished }: FleetRun): readonly string[] {
  const name = command.args.join(' ');
  if (!wasKilled && finished.exitCode === null) return [`${name} hung\n${finished.output}`];
  return STACK.test(finished.output) ? [`${name} ended in a stack trace\n${finished.output}`] : [];
}

async function ended(running: Running): Promise<Finished> {
  const timer = setTimeout(() => running.signal('SIGKILL'), HANGS_AFTER_MS);
  try {
    return await running.finished;
  } finally {
    clearTimeout(timer);
  }
}

/** False when it has ended meanwhile. The group goes, as with the commands. */
function kill(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
