/** An ASCII character, as a share of a token. */
const ASCII_TOKENS = 0.25;

/** About how many tokens a text is: four characters of ASCII are one, and so is each character of other scripts. */
export function estimateTokens(text: string): number {
  let others = 0;
  let units = 0;
  for (const [character] of text.matchAll(/[^\0-\u007f]/gu)) {
    others += 1;
    units += character.length;
  }
  return (text.length - units) * ASCII_TOKENS + others;
}

/** How long the beginning of a text is that has at most so many tokens. It ends between two characters. */
export function lengthWithin(text: string, maxTokens: number): number {
  let length = 0;
  let tokens = 0;
  for (const character of text) {
    tokens += character <= '\u007f' ? ASCII_TOKENS : 1;
    if (tokens > maxTokens) break;
    length += character.length;
  }
  return length;
}
