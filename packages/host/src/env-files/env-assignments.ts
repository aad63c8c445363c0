/** One `NAME=value` of an env file, from the start of its first line to the end of its last one with the line's end. */
export interface EnvAssignment {
  readonly name: string;
  /** Without quotes and comment; escapes as they stand. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

// Blanks are named: `\s` would run over line ends, and takes bytes of UTF-8 in a text of bytes for blanks.
const ASSIGNMENT = /(?:\u00ef\u00bb\u00bf|\ufeff)?[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*(?:=|:[ \t])[ \t]*/y;
const TAIL = /[ \t]*(?:#[^\r\n]*)?(?=\r|\n|$)/y;
const QUOTES = ['"', "'", '`'];

/** The assignments of an env file as readers of the dotenv family see them: a line inside a quoted value is none. Nothing is expanded or run. */
export function findAssignments(text: string): readonly EnvAssignment[] {
  const found: EnvAssignment[] = [];
  for (let start = 0; start < text.length;) {
    const head = matchAt(ASSIGNMENT, text, start);
    const [valueEnd, value] = head === null ? [start, ''] : readValue(text, start + head[0].length);
    const end = lineEnd(text, valueEnd);
    if (head !== null) found.push({ name: head[1] ?? '', value, start, end });
    start = end;
  }
  return found;
}

/** The text without some of its assignments; all else stays byte for byte. */
export function cutAssignments(text: string, isCut: (assignment: EnvAssignment) => boolean): string {
  let kept = '';
  let from = 0;
  for (const assignment of findAssignments(text)) {
    if (isCut(assignment)) {
      kept += text.slice(from, assignment.start);
      from = assignment.end;
    }
  }
  return kept + text.slice(from);
}

/** The text with other values, as they are to appear, for some of its assignments. `null` leaves one as it is. */
export function replaceAssignments(text: string, valueOf: (assignment: EnvAssignment) => string | null): string {
  let replaced = '';
  let from = 0;
  for (const assignment of findAssignments(text)) {
    const value = valueOf(assignment);
    if (value === null) continue;
    const line = text.slice(assignment.start, assignment.end);
    const start = /^[\u00ef\u00bb\u00bf\ufeff]*[ \t]*(?:export[ \t]+)?/.exec(line)?.[0] ?? '';
    replaced += `${text.slice(from, assignment.start)}${start}${assignment.name}=${value}${/[\r\n]+$/.exec(line)?.[0] ?? ''}`;
    from = assignment.end;
  }
  return replaced + text.slice(from);
}

function readValue(text: string, start: number): readonly [end: number, value: string] {
  const quote = text[start];
  const close = quote !== undefined && QUOTES.includes(quote) ? closingQuote(text, start, quote) : null;
  if (close !== null) return [close + 1, text.slice(start + 1, close)];
  const end = start + text.slice(start).search(/[\r\n]|$/);
  const [bare = ''] = text.slice(start, end).split(/(?:^|[ \t])#/, 1);
  return [end, bare.replace(/[ \t]+$/, '')];
}

/** Place of the quote after which the line holds no more but a comment: the first one without a backslash, else the last one before it with one. */
function closingQuote(text: string, open: number, quote: string): number | null {
  const escaped: number[] = [];
  for (let place = text.indexOf(quote, open + 1); place !== -1; place = text.indexOf(quote, place + 1)) {
    const isEscaped = text[place - 1] === '\\' && place - 1 > open;
    escaped.push(place);
    if (!isEscaped) break;
  }
  return escaped.toReversed().find((place) => matchAt(TAIL, text, place + 1) !== null) ?? null;
}

function lineEnd(text: string, from: number): number {
  const length = /\r\n|\r|\n/.exec(text.slice(from));
  return length === null ? text.length : from + length.index + length[0].length;
}

function matchAt(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}
