import { z } from 'zod';

const usd = z.number().min(0);

/**
 * Limits of what agents may cost, in US dollars. They end stages and never change what one says, so they are not part of a key.
 * A budget is used up when what it counts has reached it: with 0, only what is in the cache runs.
 */
export const budgetsSchema = z.strictObject({
  /** For one result: all agents that are run for one target of one issue or project under one key. @default none */
  stageUsd: usd.optional(),
  /** For all that was ever run for one issue on this machine; not for a project of the repository. @default none */
  issueUsd: usd.optional(),
  /** For one command, such as `nx run-many -t agent-review`, over all issues and projects. @default none */
  runUsd: usd.optional(),
  /** What becomes of agent runs of unknown cost: `warn` leaves them out and says so, `stop` runs no agent after one. */
  unknown: z.enum(['warn', 'stop']).default('warn'),
});

export type BudgetsSettings = z.infer<typeof budgetsSchema>;

/** What holds for a project of the repository: it never ends as an issue does, so that a sum of all times would stop its reviews for good. */
export function projectBudgets({ issueUsd: _ofIssues, ...budgets }: BudgetsSettings): BudgetsSettings {
  return budgets;
}
