import type { Host } from '../host/host.js';
import { secretsOf } from '../text/redact.js';

/** The secrets in a worktree's env files, which its programs read by themselves. */
export async function worktreeSecrets(worktree: string, host: Pick<Host, 'listDirectory' | 'readFile'>): Promise<readonly string[]> {
  const names = (await host.listDirectory(worktree)).filter((name) => name.startsWith('.env'));
  const texts = await Promise.all(names.map((name) => host.readFile(`${worktree}/${name}`)));
  return texts.flatMap((text) => secretsOf(variablesIn(text ?? '')));
}

/** Near enough to what programs read from an env file to know what must not be repeated. */
function variablesIn(text: string): Record<string, string> {
  const lines = text.matchAll(/^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]));
}
