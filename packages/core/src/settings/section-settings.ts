import { z } from 'zod';
import { commandWords } from '../check/command-words.js';
import { UserError } from '../errors/user-error.js';

/** A command as users configure it. */
export const commandLineSchema = z
  .union([z.string().min(1), z.array(z.string()).min(1)])
  .describe('A command line without shell syntax ("nx run-many -t codegen"), or its words as an array')
  .superRefine((line, context) => {
    try {
      commandWords(line);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/\.$/, '') });
    }
  });

export type CommandLine = z.infer<typeof commandLineSchema>;

/**
 * A path or glob below the workspace, with `/` between its names, such as `tools/prompts`. Nx hashes `./tools` and `tools//prompts` as nothing,
 * and nothing at all outside of the workspace: what such a path names would be read and be in no key.
 */
export const workspacePath = z
  .string()
  .refine((path) => path !== '' && !/^(?:\/|!|[A-Za-z]:)|\\/.test(path) && namesOf(path).length > 0 && !namesOf(path).includes('..'), {
    message: 'expected a path below the workspace, with "/" between its names',
  })
  .transform((path) => namesOf(path).join('/'));

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

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

/** How the app of an issue is started, and how one knows that it is up. `{PORT}` and the like are the issue's own ports. */
export const serveSchema = z.strictObject({
  /** Starts the app and stays; `{PORT}` in its words is that port. */
  command: commandLineSchema,
  /** Where the app answers. */
  url: z.string().min(1).default('http://localhost:{PORT}'),
  /** Ready once this answers with a status below 400. @default once something listens at the port of `url` */
  readyUrl: z.string().min(1).optional(),
  /** How long the app may take to be ready, in seconds. */
  readySeconds: z.number().positive().default(60),
  /** Names of our environment's variables that the app may see, besides the allow-list. */
  passEnv: z.array(z.string()).default([]),
});

export const validateSchema = z.strictObject({
  /** The agent that tries the running app, by its name under `agents.define`. @default none */
  agent: z.string().optional(),
  /** Where the checks run: in a worktree that is made of the commit for them, with a database branch of its own, or in the issue's. */
  in: z.enum(['fresh', 'worktree']).default('fresh'),
});

export type ServeSettings = z.infer<typeof serveSchema>;

interface Validated {
  readonly validate: z.infer<typeof validateSchema>;
  readonly serve?: ServeSettings | undefined;
  readonly agents: { readonly define: Readonly<Record<string, unknown>> };
}

/** An agent that shall try the app must be known, and there must be an app. */
export function checkValidate({ validate, serve, agents }: Validated, context: z.RefinementCtx): void {
  const { agent } = validate;
  if (agent === undefined) return;
  const add = (message: string): void => context.addIssue({ code: 'custom', path: ['validate', 'agent'], message });
  if (!Object.hasOwn(agents.define, agent)) {
    add(`expected one of ${Object.keys(agents.define).join(', ')}; define "${agent}" under agents.define`);
  }
  if (serve === undefined) add('expected "serve.command" too: the agent tries the app that it starts');
}
