const FILES = [
  'AGENTS.md',
  'AGENTS.override.md',
  'CLAUDE.md',
  'CLAUDE.local.md',
  'GEMINI.md',
  '.mcp.json',
  'opencode.json',
  'opencode.jsonc',
  '.github/copilot-instructions.md',
] as const;
const FOLDERS = [
  '.agents',
  '.claude',
  '.codex',
  '.gemini',
  '.opencode',
  '.github/instructions',
  '.github/agents',
  '.github/skills',
  '.github/hooks',
  '.github/copilot',
] as const;

/** The AI layer: files that agents take rules from. A reviewer gets the base's, so that a writer cannot soften its reviewer's rules. */
export const RULE_PATHS: readonly string[] = [
  ...FILES.map((file) => `:(glob)**/${file}`),
  ...FOLDERS.map((folder) => `:(glob)**/${folder}/**`),
];

/** The folder that a rule is for, '' for the root; null for a file that is no rule. */
export function ruleFolder(path: string): string | null {
  const rooted = `/${path}`;
  const file = FILES.find((name) => rooted.endsWith(`/${name}`));
  if (file !== undefined) return rooted.slice(1, -file.length - 1);
  const places = FOLDERS.map((name) => rooted.indexOf(`/${name}/`)).filter((place) => place >= 0);
  return places.length === 0 ? null : rooted.slice(1, Math.max(1, Math.min(...places)));
}
