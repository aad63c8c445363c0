/** How the prompt of each stage begins: stand-ins know by it what they are asked for. */
export const OPENINGS = {
  plan: 'You plan the work on one issue',
  build: 'You do the work of one issue',
  fix: 'You fix what reviewers found',
  e2e: 'You try the running app',
  review: 'You review a change',
} as const;

/** An expression in JavaScript, for scripts that are files of a workspace: the stage of a prompt, or undefined. */
export const stageIn = (prompt: string): string =>
  `Object.entries(${JSON.stringify(OPENINGS)}).find(([, opening]) => ${prompt}.includes(opening))?.[0]`;

/** The stage whose prompt is in a text. @default none */
export function stageOfPrompt(text: string): string {
  return Object.entries(OPENINGS).find(([, opening]) => text.includes(opening))?.[0] ?? 'none';
}
