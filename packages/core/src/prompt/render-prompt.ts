import { UserError } from '../errors/user-error.js';
import { printable } from '../text/printable.js';

/** The templates: files `<name>.md`. */
export const PROMPT_NAMES = ['plan', 'build', 'review', 'fix', 'e2e'] as const;
export type PromptName = (typeof PROMPT_NAMES)[number];

const REQUIRED: Readonly<Record<PromptName, readonly string[]>> = {
  plan: ['spec'],
  build: ['spec', 'plan', 'failures'],
  review: ['spec', 'diff', 'checks'],
  fix: ['spec', 'findings', 'failures'],
  e2e: ['spec', 'checks', 'exchanges'],
};

/**
 * A template with its `{{name}}` places filled; what is filled in is not looked through again.
 * @throws UserError when the template lacks a place that the stage needs
 */
export function renderPrompt(name: PromptName, template: string, values: Readonly<Record<string, string>>): string {
  const missing = REQUIRED[name].find((place) => !template.includes(`{{${place}}}`));
  if (missing !== undefined) throw new UserError(`The prompt "${name}.md" lacks {{${missing}}}. Add it where that text belongs.`);
  return template.replace(/\{\{(\w+)\}\}/g, (place, key: string) => (Object.hasOwn(values, key) ? (values[key] ?? place) : place));
}

/** Text from outside between fences that it cannot close, said to be data. */
export function fence(label: string, text: string): string {
  const clean = printable(text).trimEnd();
  const longest = (clean.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2);
  const marks = '`'.repeat(longest + 1);
  return `${marks}${label}\n${clean}\n${marks}`;
}

/** The first `maxCharacters` of a text, with a note on how much is left out. */
export function excerpt(text: string, maxCharacters: number, note: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}\n[${text.length - maxCharacters} more characters. ${note}]`;
}
