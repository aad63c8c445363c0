/** What a finding claims of which place. */
export interface Claim {
  readonly category: string | null;
  readonly file: string;
  /** From 1; 0 for the file as a whole. */
  readonly startLine: number;
  readonly endLine: number;
  readonly title: string;
  readonly body: string;
}

/** How well two findings fit together: the smaller the gap, then the greater the likeness. */
export interface Agreement {
  /** Lines between them; 0 where they overlap. */
  readonly gapLines: number;
  /** 0 to 1. */
  readonly likeness: number;
}

const NEARBY_LINES = 3;
const SAME_WORDS = 0.8;
const ALIKE_TITLES = 0.5;
const ALIKE_BODIES = 0.2;
const FILLERS = new Set(
  'the and for with when that this which are was were has have had can may might from into its will but there then'.split(' '),
);

/**
 * Whether two findings say the same of the same place; null if not. Beside each other their titles must have nearly the same words. On the same
 * lines and through the same category half of the words will do, if their bodies are alike too. Names of code must not contradict.
 * Two faults that are held for one mislead; one fault that is listed twice does not: if unsure it is not one.
 */
export function compareClaims(one: Claim, other: Claim): Agreement | null {
  const gapLines = one.file === other.file ? gapBetween(one, other) : Number.POSITIVE_INFINITY;
  if (gapLines > NEARBY_LINES || nameDifferentCode(one.title, other.title)) return null;
  const likeness = likenessOf(one.title, other.title);
  if (likeness >= SAME_WORDS) return { gapLines, likeness };
  const isAlike =
    gapLines === 0 && one.category === other.category && likeness >= ALIKE_TITLES && likenessOf(one.body, other.body) >= ALIKE_BODIES;
  return isAlike ? { gapLines, likeness } : null;
}

/** The file as a whole is beside no line. */
function gapBetween(one: Claim, other: Claim): number {
  if (one.startLine === 0 || other.startLine === 0) return one.startLine === other.startLine ? 0 : Number.POSITIVE_INFINITY;
  return Math.max(0, one.startLine - other.endLine, other.startLine - one.endLine);
}

/** Names in backticks, in camel case, with underscores or with brackets. */
const CODE = /`[^`]+`|\b[a-z]+[A-Z]\w*|\b\w+_\w+|\b\w+(?=\()/g;

function nameDifferentCode(one: string, other: string): boolean {
  const [names, others] = [codeIn(one), codeIn(other)];
  return names.size > 0 && others.size > 0 && [...names].every((name) => !others.has(name));
}

function codeIn(text: string): ReadonlySet<string> {
  return new Set((text.match(CODE) ?? []).map((name) => name.replace(/[`()]/g, '')));
}

/** Words that both have, of the words that either has. */
function likenessOf(one: string, other: string): number {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  const both = [...words].filter((word) => others.has(word)).length;
  const all = words.size + others.size - both;
  return all === 0 ? Number(one.trim().toLowerCase() === other.trim().toLowerCase()) : both / all;
}

/** Without fillers, and without the endings that a word takes in a sentence. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const telling = words.filter((word) => (word.length > 2 || /\p{N}|no/u.test(word)) && !FILLERS.has(word));
  return new Set(telling.map((word) => word.replace(/(?<=.{3})(?:ing|ed|es|s|e)$/, '')));
}
