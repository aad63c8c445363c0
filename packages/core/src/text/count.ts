/** `1 file`, `2 files`, `0 processes`, `2 entries`. Pass the plural where the rule is wrong: `count(2, 'file is', 'files are')`. */
export function count(number: number, one: string, several = pluralOf(one)): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** By its last letters, so the noun comes last: `blocking finding`. */
function pluralOf(noun: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
