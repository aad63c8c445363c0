import { countLines, type Remark, type TouchedFile } from './touched-file.js';
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
