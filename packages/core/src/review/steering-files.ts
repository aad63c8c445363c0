import type { Git, TreeFile } from '../git/git.js';
import { ruleFolder } from './rules.js';

/** A file outside of the rules that they lead to, with the folders that those rules are for. */
export interface SteeringFile {
  readonly path: string;
  readonly folders: readonly string[];
}

type Reading = Pick<Git, 'readFile' | 'readLink'>;

const LINK = '120000';
/** Claude Code follows imports five files deep. */
const MAX_DEPTH = 5;
const IMPORT = /(?:^|[\s(])@((?:\.{1,2}\/)*[^\s@`"'()<>]*[^\s@`"'()<>.,;:!?])/gm;

/**
 * All that rules lead to by links and by imports (`@docs/style.md`), nested ones too. A path is named whether it is a file, a folder or not there at
 * the base: a change may have put something in its place.
 * @param files of the base
 */
export async function steeringFiles(base: string, files: readonly TreeFile[], git: Reading): Promise<readonly SteeringFile[]> {
  const reader = createReader(base, files, git);
  const folders = new Map<string, Set<string>>();
  for (const { path } of files) {
    const folder = ruleFolder(path);
    if (folder === null) continue;
    for (const reached of await reader.reach(path)) folders.set(reached, (folders.get(reached) ?? new Set()).add(folder));
  }
  return [...folders].map(([path, all]) => ({ path, folders: [...all].toSorted() }));
}

interface Starts {
  readonly git: Reading;
  readonly starts: readonly string[];
}

/** The same for other files than rules. */
export async function reachedFiles(base: string, files: readonly TreeFile[], { git, starts }: Starts): Promise<readonly string[]> {
  const reader = createReader(base, files, git);
  const found = new Set<string>();
  for (const start of starts) for (const path of await reader.reach(start)) found.add(path);
  return [...found];
}

interface Reader {
  reach(path: string): Promise<ReadonlySet<string>>;
}

function createReader(base: string, files: readonly TreeFile[], git: Reading): Reader {
  const modes = new Map(files.map(({ path, mode }) => [path, mode]));
  const leads = new Map<string, readonly string[]>();
  const leadsFrom = async (path: string): Promise<readonly string[]> => {
    const known = leads.get(path);
    if (known !== undefined) return known;
    const link = modes.get(path) === LINK ? await git.readLink(base, path) : null;
    const text = modes.has(path) && link === null ? await git.readFile(base, path) : null;
    const names = link === null ? [...(text ?? '').matchAll(IMPORT)].map(([, name = '']) => name) : [link];
    const found = names.flatMap((name) => resolved(path, name) ?? []);
    leads.set(path, found);
    return found;
  };
  return {
    reach: async (start) => {
      const seen = new Set<string>();
      let next: readonly string[] = [start];
      for (let depth = 0; depth <= MAX_DEPTH && next.length > 0; depth += 1) {
        const reached: string[] = [];
        for (const path of next) {
          for (const lead of [...(await leadsFrom(path)), ...(await throughLinks(path, modes, leadsFrom))]) {
            if (seen.has(lead) || lead === start) continue;
            seen.add(lead);
            reached.push(lead, ...files.filter((file) => file.path.startsWith(`${lead}/`)).map((file) => file.path));
          }
        }
        next = reached;
      }
      return seen;
    },
  };
}

/** A path below a linked folder: the link, and where the path is behind it. */
async function throughLinks(
  path: string,
  modes: ReadonlyMap<string, string>,
  leadsFrom: (path: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const names = path.split('/');
  for (let end = 1; end < names.length; end += 1) {
    const folder = names.slice(0, end).join('/');
    if (modes.get(folder) !== LINK) continue;
    const rest = names.slice(end).join('/');
    return [folder, ...(await leadsFrom(folder)).map((target) => `${target}/${rest}`)];
  }
  return [];
}

/** A path as seen from a file; null where it leads out of the repository. */
function resolved(file: string, name: string): string | null {
  if (/^[/~\\]/.test(name)) return null;
  const names = file.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..' && names.pop() === undefined) return null;
    if (part !== '..' && part !== '.' && part !== '') names.push(part);
  }
  return names.length === 0 ? null : names.join('/');
}

/** git's pathspec for exactly a file, or a folder with all in it. */
export function literalPath(path: string): string {
  return `:(literal)${path}`;
}
