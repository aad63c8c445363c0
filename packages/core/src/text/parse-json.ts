/** The value of a JSON text, with or without a byte order mark; undefined for anything else, such as an agent's output, a torn line or a login page. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
