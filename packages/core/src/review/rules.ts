const FILES = [
  'AGENTS.md',
  'AGENTS.override.md',
  'CLAUDE.md',
  'CLAUDE.local.md',
  'GEMINI.md',
  'QWEN.md',
  'CONVENTIONS.md',
  '.mcp.json',
  'opencode.json',
  'opencode.jsonc',
  '.cursorrules',
  '.windsurfrules',
  '.goosehints',
  '.aider.conf.yml',
  '.rules',
  // What agents and git do not show.
  '.gitattributes',
  '.aiexclude',
  '.claudeignore',
  '.codexignore',
  '.cursorignore',
  '.geminiignore',
  '.aiderignore',
  '.ignore',
  '.rgignore',
  '.github/copilot-instructions.md',
] as const;
const FOLDERS = [
  '.agents',
  '.claude',
  '.clinerules',
  '.codex',
  '.continue',
  '.cursor',
  '.gemini',
  '.junie',
  '.kiro',
  '.opencode',
  '.qwen',
  '.roo',
  '.windsurf',
  '.github/instructions',
  '.github/agents',
  '.github/skills',
  '.github/hooks',
  '.github/prompts',
  '.github/chatmodes',
  '.github/copilot',
] as const;

/**
 * The AI layer: files that agents take rules from, in any case, since some file systems do not tell cases apart. A reviewer gets the base's, so that
 * a writer cannot soften its reviewer's rules. A folder may be a link, or a file.
 */
export const RULE_PATHS: readonly string[] = [
  ...[...FILES, ...FOLDERS].map((file) => `:(glob,icase)**/${file}`),
  ...FOLDERS.map((folder) => `:(glob,icase)**/${folder}/**`),
];

const NAMES = FILES.map((name) => `/${name.toLowerCase()}`);
const PLACES = FOLDERS.map((name) => `/${name}/`);

/** The folder that a rule is for, '' for the root; null for a file that is not a rule. */
export function ruleFolder(path: string): string | null {
  const rooted = `/${path.toLowerCase()}`;
  const file = NAMES.find((name) => rooted.endsWith(name));
  if (file !== undefined) return path.slice(0, Math.max(0, rooted.length - file.length - 1));
  const places = PLACES.map((name) => `${rooted}/`.indexOf(name)).filter((place) => place >= 0);
  return places.length === 0 ? null : path.slice(0, Math.max(0, Math.min(...places) - 1));
}
