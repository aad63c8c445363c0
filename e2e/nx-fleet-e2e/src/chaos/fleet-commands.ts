import type { Dice } from './dice.js';

/** An Nx command that makes, removes or fixes worktrees. */
export interface FleetCommand {
  readonly args: readonly string[];
  /** Text that it prints once it has begun to act, or right before. */
  readonly actsAfter: string;
}

export const DOCTOR: FleetCommand = { args: ['run', 'fleet:doctor', '--json'], actsAfter: 'fleet:doctor' };

export function creation(issues: readonly number[]): FleetCommand {
  return { args: ['g', 'worktree', `--issue=${issues.join(',')}`], actsAfter: 'Generating' };
}

export function removal(issue: number, ...options: string[]): FleetCommand {
  return { args: ['g', 'remove-worktree', `--issue=${issue}`, ...options], actsAfter: `issue-${issue} ` };
}

export interface FleetIssues {
  /** Issues that have a worktree. */
  readonly present: readonly number[];
  readonly absent: readonly number[];
}

/** A command that somebody might run: mostly one that has something to do. Two of them may well be about the same issue. */
export function rollCommand(dice: Dice, { present, absent }: FleetIssues): FleetCommand {
  const all = [...present, ...absent];
  const likely = (issues: readonly number[]): readonly number[] => (issues.length > 0 && dice.chance(0.85) ? issues : all);
  const kind = dice.below(10);
  if (kind < 4) return creation([dice.pick(likely(absent))]);
  if (kind < 5) return creation(dice.several(likely(absent), 2 + dice.below(2)));
  if (kind < 6) return removal(dice.pick(likely(present)));
  if (kind < 8) return removal(dice.pick(likely(present)), '--force');
  return kind < 9 ? DOCTOR : { args: ['g', 'remove-worktree', '--merged'], actsAfter: 'issue-' };
}
