import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { createRedactor, secretsOf } from '../text/redact.js';
import { worktreeSecrets } from './worktree-secrets.js';

export interface WorktreePrograms {
  readonly worktree: string;
  /** All that they are given. */
  readonly env: Readonly<Record<string, string>>;
  /** The commit that the issue starts from: no writer has chosen what its files hold. */
  readonly base: string;
}

export interface RedactionAdapters {
  readonly host: Pick<Host, 'listDirectory' | 'readFile'>;
  readonly git: Pick<Git, 'textsIn'>;
}

/** Hides what programs in a worktree know: the secrets that they are given, and those of the env files there. What the base has committed is not one. */
export async function worktreeRedactor(
  { worktree, env, base }: WorktreePrograms,
  { host, git }: RedactionAdapters,
): Promise<(text: string) => string> {
  const secrets = [...secretsOf(env), ...(await worktreeSecrets(worktree, host))];
  const committed = await git.textsIn(base, secrets);
  return createRedactor(secrets.filter((secret) => !committed.has(secret)));
}
