/** The value of a JSON text, or undefined for anything else: an agent's output is not ours, and a line that is no JSON is no event. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
