/** Lower-case ASCII letters, digits and single hyphens, at most `maxLength` characters, cut at a word; may be empty. */
export function slug(text: string, maxLength = 40): string {
  const words = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  let result = '';
  for (const word of words) {
    const next = result ? `${result}-${word}` : word;
    if (next.length > maxLength) break;
    result = next;
  }
  return result || (words[0] ?? '').slice(0, maxLength);
}
