/** The AI layer: files that agents take rules from. A reviewer gets the base's, so that a writer cannot soften its reviewer's rules. */
export const RULE_PATHS = [
  ':(glob)**/AGENTS.md',
  ':(glob)**/AGENTS.override.md',
  ':(glob)**/CLAUDE.md',
  ':(glob)**/CLAUDE.local.md',
  ':(glob)**/GEMINI.md',
  ':(glob)**/.agents/**',
  ':(glob)**/.claude/**',
  ':(glob)**/.codex/**',
  ':(glob)**/.mcp.json',
  ':(glob)**/.github/copilot-instructions.md',
] as const;
