import { type Git, printableLine, type SettingsInput } from '@nx-fleet/core';
import { detectPackageManager, getProjects, type Tree } from '@nx/devkit';
import { detectAgents } from './detect-agents.js';
import { detectDatabase } from './detect-database.js';
import type { Adapters } from '../../adapters.js';

export interface Detected {
  /** Options that differ from the defaults. */
  readonly options: SettingsInput;
  /** For users. */
  readonly findings: readonly Finding[];
  /** Whether git ignores `.env.local`, which holds each worktree's secrets. */
  readonly ignoresEnvFile: boolean;
  /** Ignored files that each worktree needs; empty where a file says so already. */
  readonly includes: readonly string[];
}

export interface Finding {
  readonly what: string;
  readonly found: string;
}

/** Looks at the workspace and this machine. Reads only. @param agent any agent that ships with nx-fleet @throws UserError outside a git repository */
export async function detectWorkspace(tree: Tree, { git, host }: Adapters, agent: Adapters['agent']): Promise<Detected> {
  const { mainWorktree } = await git.locate();
  const [defaultBranch, remote, agents] = await Promise.all([git.defaultBranch(), git.remoteUrl(), detectAgents(agent)]);
  const { parseGitHubRemote } = await import('@nx-fleet/trackers');
  const github = remote === null ? null : parseGitHubRemote(remote);
  const database = detectDatabase(tree, host.env);
  const projectRoots = [...getProjects(tree).values()].map(({ root }) => root);
  const folder = chooseIssueFolder(tree, projectRoots);
  const includes = await proposeIncludes(tree, projectRoots, git);
  const tracker = github === null ? folder.options : { type: 'github' as const };
  const options: SettingsInput = {
    ...(tracker === null ? {} : { tracker }),
    ...(database.options === null ? {} : { database: database.options }),
    ...(agents.options === null ? {} : { agents: agents.options }),
    // Nx of `.nx/installation` is not a program of node_modules.
    ...(tree.exists('nx') && !tree.exists('package.json') ? { checks: ['./nx affected -t lint,test,build --base={base}'] } : {}),
  };
  return {
    options,
    includes,
    ignoresEnvFile: (await git.ignoredPaths(mainWorktree, ['.env.local'])).length > 0,
    findings: [
      { what: 'package manager', found: detectPackageManager(tree.root) },
      { what: 'default branch', found: defaultBranch ?? 'unknown: pass --base, or git remote set-head origin --auto' },
      { what: 'tracker', found: github === null ? folder.found : `GitHub ${github.repository}` },
      { what: 'database', found: database.found },
      { what: 'ignored files', found: tree.exists(INCLUDE_FILE) ? `as ${INCLUDE_FILE} lists them` : describeIncludes(includes) },
      ...agents.findings,
    ],
  };
}

function describeIncludes(includes: readonly string[]): string {
  if (includes.length === 0) return `none that a worktree needs; if there are any, list them in ${INCLUDE_FILE}`;
  return `${includes.map((file) => printableLine(file)).join(', ')}: ${INCLUDE_FILE} lists them, so that each worktree gets a copy`;
}

export interface IssueFolder {
  /** Null for the default. */
  readonly options: { readonly type: 'markdown'; readonly directory: string } | null;
  /** For users. */
  readonly found: string;
}

const DEFAULT_FOLDER = 'docs/issues';
const ISSUE_FOLDERS = [DEFAULT_FOLDER, 'issues', '.issues'];

/** A folder for Markdown issues that is in no project: a project's targets would run again after each edit of an issue. One that has issues stays. */
function chooseIssueFolder(tree: Tree, projectRoots: readonly string[]): IssueFolder {
  const around = (directory: string): string | undefined =>
    projectRoots.find((root) => root !== '.' && root !== '' && `${directory}/`.startsWith(`${root}/`));
  const isUsed = tree.exists(DEFAULT_FOLDER) && tree.children(DEFAULT_FOLDER).some((name) => name.endsWith('.md'));
  const directory = isUsed ? DEFAULT_FOLDER : (ISSUE_FOLDERS.find((folder) => around(folder) === undefined) ?? DEFAULT_FOLDER);
  const options = directory === DEFAULT_FOLDER ? null : ({ type: 'markdown', directory } as const);
  const found = `Markdown files in ${directory}`;
  const project = around(directory) ?? projectRoots.find((root) => root === '.' || root === '');
  if (project === undefined) return { options, found };
  const place = project === '.' || project === '' ? 'the root' : `"${printableLine(project)}"`;
  return {
    options,
    found: `${found}, inside the project in ${place}: leave them out of its inputs with "!{workspaceRoot}/${directory}/**"`,
  };
}

const INCLUDE_FILE = '.worktreeinclude';

/** Env files, and files of keys and of logins. Not those that no worktree gets: another environment's, and our own. */
const NEEDED =
  /^(?:\.env|\.env\.(?!local$|.*(?:prod|staging)).+|\.dev\.vars|\.npmrc|local\.settings\.json|credentials\.json|.+\.(?:pem|key|p12|pfx|crt|jks))$/;
/** Where they are, besides the root and each project's folder. */
const FOLDERS = ['certs', 'config', 'keys', 'secrets'];
const HEADER = '# Files that git ignores and that each worktree gets a copy of. Leave databases out: "database" copies those.';

/** Files of this workspace that git ignores and that the programs in a worktree probably need; empty where `.worktreeinclude` is there already. */
async function proposeIncludes(
  tree: Tree,
  projectRoots: readonly string[],
  git: Pick<Git, 'ignoredPaths' | 'locate'>,
): Promise<readonly string[]> {
  if (tree.exists(INCLUDE_FILE)) return [];
  const folders = [...new Set(['.', ...projectRoots, ...FOLDERS])];
  const files = folders.flatMap((folder) => {
    const names = tree.isFile(folder) ? [] : tree.children(folder);
    return names
      .map((name) => (folder === '.' ? name : `${folder}/${name}`))
      .filter((file) => NEEDED.test(file.split('/').at(-1) ?? '') && tree.isFile(file));
  });
  // A line break cannot be written in a file of patterns, and these characters mean something else there.
  const plain = files.filter((file) => !/[\r\n*?[\]\\!#]|\s$/.test(file));
  return (await git.ignoredPaths((await git.locate()).mainWorktree, plain)).toSorted();
}

export function writeIncludes(tree: Tree, files: readonly string[]): void {
  if (files.length > 0) tree.write(INCLUDE_FILE, `${[HEADER, ...files.map((file) => `/${file}`)].join('\n')}\n`);
}
