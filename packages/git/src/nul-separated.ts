/** The parts of an output of git that ends each with NUL. */
export function splitNul(text: string): readonly string[] {
  return text.split('\0').filter((part) => part !== '');
}
