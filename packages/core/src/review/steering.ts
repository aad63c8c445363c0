import { countLines, type Remark, type TouchedFile } from './touched-file.js';

/** The AI layer, CI, hooks, and what package managers and editors run by themselves. */
const STEERING =
  /(^|\/)(?:AGENTS(?:\.override)?|CLAUDE(?:\.local)?|GEMINI|QWEN|CONVENTIONS)\.md$|(^|\/)\.(?:agents|claude|claude-plugin|codex|cursor|gemini|opencode|windsurf|clinerules|github|gitlab|husky|githooks|circleci|buildkite|woodpecker|vscode|devcontainer)\/|(^|\/)(?:\.mcp\.json|opencode\.jsonc?|\.cursorrules|\.windsurfrules|\.clinerules|\.aider\.conf\.ya?ml|nx-fleet\.json|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|appveyor\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|lefthook(?:-local)?\.ya?ml|\.lefthook\.ya?ml|\.pre-commit-config\.ya?ml|azure-pipelines\.ya?ml|Jenkinsfile|\.gitmodules|\.gitattributes|\.npmrc|\.yarnrc(?:\.ya?ml)?|\.pnpmfile\.c?js|\.envrc)$/i;
const INSTALL_SCRIPT = /^\s*"(?:pre|post)?(?:install|prepare|prepack)"\s*:/;
const PLUGIN_OPTION = /"(?:plugins?|nx-fleet\/plugin|reviewers|writer|planner|blockOn|prompts|tasksRunnerOptions)"\s*:/;

/** What a change does to what steers others: agents, hooks, pipelines, installs. */
export function steeringRemarks(files: readonly TouchedFile[]): readonly Remark[] {
  return files.flatMap((file) => [...steered(file), ...installScripts(file)]);
}

function steered({ path, from, added, removed }: TouchedFile): readonly Remark[] {
  const isPlugins = /(^|\/)nx\.json$/.test(path) && [...added, ...removed].some((line) => PLUGIN_OPTION.test(line));
  if (!isPlugins && !STEERING.test(path) && !(from !== null && STEERING.test(from))) return [];
  const before = from === null ? '' : ` It was "${from}".`;
  const body = `It takes effect on agents and machines beyond this change.${before}`;
  return [{ file: path, lens: 'security', title: 'What steers agents, hooks or pipelines is changed', body }];
}

function installScripts({ path, added }: TouchedFile): readonly Remark[] {
  if (!/(^|\/)package\.json$/.test(path) || countLines(added, INSTALL_SCRIPT) === 0) return [];
  const body = 'It runs on every machine that installs the dependencies.';
  return [{ file: path, lens: 'security', title: 'A script that runs at install is added or changed', body }];
}
