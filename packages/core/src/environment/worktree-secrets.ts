import { isExample } from './carried-variables.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { createRedactor, findSecrets } from '../text/redact.js';

/** A project of a workspace stands that deep at most: `packages/shop/web`. */
const MAX_DEPTH = 3;
const MAX_FOLDERS = 2_000;
/** Bounds the search for a closing quote. */
const MAX_VALUE_CHARACTERS = 20_000;
// What is hidden, brought by a package manager, or by its name a file.
const NOT_SEARCHED = /^\.|^(?:node_modules|dist|build|coverage|tmp)$|\.[a-z]\w{0,4}$/i;

type Files = Pick<Host, 'listDirectory' | 'readFile'>;

/** The secrets in the env files of a worktree and of the projects in it, which its programs read by themselves. */
async function worktreeSecrets(worktree: string, host: Files): Promise<readonly string[]> {
  const secrets = new Set<string>();
  let looked = 0;
  let folders = [worktree];
  for (let depth = 0; depth <= MAX_DEPTH && folders.length > 0; depth++) {
    const listed = await Promise.all(folders.map(async (folder) => ({ folder, names: await host.listDirectory(folder) })));
    looked += folders.length;
    for (const { folder, names } of listed) for (const secret of await secretsIn(folder, names, host)) secrets.add(secret);
    folders = listed
      .flatMap(({ folder, names }) => names.filter((name) => !NOT_SEARCHED.test(name)).map((name) => `${folder}/${name}`))
      .slice(0, MAX_FOLDERS - looked);
  }
  return [...secrets];
}

async function secretsIn(folder: string, names: readonly string[], host: Files): Promise<readonly string[]> {
  const files = names.filter((name) => name.startsWith('.env') && !isExample(name));
  const texts = await Promise.all(files.map((name) => textOf(`${folder}/${name}`, host)));
  return texts.flatMap((text) => variablesIn(text).flatMap(([name, value]) => findSecrets({ [name]: value })));
}

/** Empty for a folder: Python's environments like to be called `.env`. */
async function textOf(path: string, { readFile }: Files): Promise<string> {
  try {
    return (await readFile(path)) ?? '';
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'EISDIR') return '';
    throw error;
  }
}

/** Each variable with every value that one of the many readers of env files may see in it: better one too many hidden than one too few. */
function variablesIn(text: string): readonly (readonly [string, string])[] {
  const names = text.matchAll(/^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/gm);
  return [...names].flatMap((match) => {
    const start = match.index + match[0].length;
    return valuesAt(text.slice(start, start + MAX_VALUE_CHARACTERS)).map((value) => [match[1] ?? '', value] as const);
  });
}

function valuesAt(text: string): readonly string[] {
  const line = (/^[^\r\n]*/.exec(text)?.[0] ?? '').trim();
  // Some readers take any `#` for a comment, most only one after a space.
  const plain = [line, line.replace(/\s#.*$/, ''), line.replace(/#.*$/, '')].map((value) => value.trim().replace(/^(["'`])(.*)\1$/, '$2'));
  const quoted = /^(["'`])((?:\\[^]|(?!\1)[^\\])*)\1/.exec(text)?.[2];
  if (quoted === undefined) return [...new Set(plain)];
  const unescaped = quoted.replace(/\\([^])/g, (_, character: string) => ({ n: '\n', r: '\r', t: '\t' })[character] ?? character);
  return [quoted, unescaped];
}

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
  const secrets = [...findSecrets(env), ...(await worktreeSecrets(worktree, host))];
  const committed = await git.textsIn(base, secrets);
  return createRedactor(secrets.filter((secret) => !committed.has(secret)));
}
