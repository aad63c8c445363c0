import { z } from 'zod';
import { commandLineSchema } from './command-line.js';

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
