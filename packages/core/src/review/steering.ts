import { countLines, type Remark, type TouchedFile } from './file-diff.js';
import { ruleFolder } from './rules.js';
import type { Git, TreeFile } from '../git/git.js';
import { count } from '../text/count.js';

/** Rules of agents, by the case that agents look for. */
const RULES = /(^|\/)(?:AGENTS(?:\.override)?|CLAUDE(?:\.local)?|GEMINI|QWEN|CONVENTIONS)\.md$/;
/** The rest of the AI layer, CI, hooks, and what package managers and editors run by themselves. */
const STEERING =
  /(^|\/)\.(?:agents|claude|claude-plugin|codex|cursor|gemini|opencode|windsurf|clinerules|github|gitlab|husky|githooks|circleci|buildkite|woodpecker|vscode|devcontainer)\/|(^|\/)(?:\.mcp\.json|opencode\.jsonc?|\.cursorrules|\.windsurfrules|\.clinerules|\.aider\.conf\.ya?ml|nx-fleet(?:-ignore)?\.json|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|appveyor\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.?lefthook(?:-local)?\.ya?ml|\.pre-commit-config\.ya?ml|azure-pipelines\.ya?ml|Jenkinsfile|\.gitmodules|\.gitattributes|\.npmrc|\.yarnrc(?:\.ya?ml)?|\.pnpmfile\.c?js|\.envrc)$/i;
const INSTALL_SCRIPT = /^\s*"(?:pre|post)?(?:install|prepare|prepack)"\s*:/;
/** A text alone in its line is an item of such an option's list. */
const PLUGIN_OPTION =
  /"(?:plugins?|nx-fleet\/plugin|reviewers|writer|planner|blockOn|prompts|tasksRunnerOptions|review|projects|exclude|define)"\s*:|^\s*"[^"]*"\s*,?\s*$/;

/** Marks that reorder or hide text. Prompts and terminals are shown without them, so readers of the diff there do not see them. Flags of regions are written with some. */
const HIDDEN =
  /\r(?!$)|[\u0085\u200B\u2028-\u202E\u2060-\u2064\u2066-\u2069]|(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]{0,8})[\u{E0020}-\u{E007F}]/u;

/** Whether a file of the repository is a prompt, or part of a reviewer's program. */
export type IsJudge = (path: string) => boolean;

/** What a change does to what steers others: agents, hooks, pipelines, installs, and readers. */
export function steeringRemarks(files: readonly TouchedFile[], isJudge: IsJudge = () => false): readonly Remark[] {
  return files.flatMap((file) => [...steered(file, isJudge), ...installScripts(file), ...hiddenText(file)]);
}

function hiddenText({ path, whole }: TouchedFile): readonly Remark[] {
  const lines = countLines(whole.added, HIDDEN) - countLines(whole.removed, HIDDEN);
  if (lines <= 0 && !HIDDEN.test(path)) return [];
  const title =
    lines <= 0 ? 'A name with characters that hide or reorder text' : `${count(lines, 'line')} with characters that hide or reorder text`;
  return [{ file: path, category: 'security', title, body: 'What is shown is not what is run or read by an agent. Look at the bytes.' }];
}

function steered({ path, from, added, removed }: TouchedFile, isJudge: IsJudge): readonly Remark[] {
  const steers = (one: string): boolean => isSteering(one) || isJudge(one);
  const isPlugins = /(^|\/)nx\.json$/.test(path) && [...added, ...removed].some((line) => PLUGIN_OPTION.test(line));
  if (!isPlugins && !steers(path) && !(from !== null && steers(from))) return [];
  const before = from === null ? '' : ` It was "${from}".`;
  const body = `It affects agents and machines beyond this change.${before}`;
  return [{ file: path, category: 'security', title: 'What steers agents, hooks or pipelines is changed', body }];
}

function isSteering(path: string): boolean {
  return RULES.test(path) || STEERING.test(path);
}

function installScripts({ path, added }: TouchedFile): readonly Remark[] {
  if (!/(^|\/)package\.json$/.test(path) || countLines(added, INSTALL_SCRIPT) === 0) return [];
  const body = 'It runs on every machine that installs the dependencies.';
  return [{ file: path, category: 'security', title: 'A script that runs at install is added or changed', body }];
}

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
