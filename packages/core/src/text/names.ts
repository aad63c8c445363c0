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

/** A short digest of a text, to see whether it is still the same. Not for keys: texts can be made that share one. FNV-1a, 32 bits, in hex. */
export function fingerprint(text: string): string {
  return fnv1a(text).toString(16).padStart(8, '0');
}

/** FNV-1a over the text's UTF-8 bytes, 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** A name of 12 hex digits for a text, so that hundreds of texts have different ones. Not against forgery. FNV-1a, the lower 48 of 64 bits. */
export function shortName(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return BigInt.asUintN(48, hash).toString(16).padStart(12, '0');
}
