import type { Host } from '../host/host.js';
import { createRedactor, secretsOf } from '../text/redact.js';
import { worktreeSecrets } from './worktree-secrets.js';

export interface WorktreePrograms {
  readonly worktree: string;
  /** All that they are given. */
  readonly env: Readonly<Record<string, string>>;
}

/** Hides what programs in a worktree know: the secrets that they are given, and those of the env files there. */
export async function worktreeRedactor(
  { worktree, env }: WorktreePrograms,
  host: Pick<Host, 'listDirectory' | 'readFile'>,
): Promise<(text: string) => string> {
  return createRedactor([...secretsOf(env), ...(await worktreeSecrets(worktree, host))]);
}
