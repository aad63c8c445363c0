import { proseLines } from '../prose-lines.js';

const HEADING = /^ {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;

/** A Markdown text's first heading of the first level, and the text without it. */
export function splitHeading(text: string): {
  readonly heading: string | null;
  readonly body: string;
} {
  for (const line of proseLines(text)) {
    const heading = HEADING.exec(line.text)?.[1]?.trim();
    if (heading) {
      const body = text.split('\n').toSpliced(line.index, 1).join('\n').trim();
      return { heading, body };
    }
  }
  return { heading: null, body: text.trim() };
}
