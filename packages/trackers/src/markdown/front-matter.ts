import { printableLine, UserError } from '@nx-fleet/core';
import { isScalar, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { proseLines } from '../body-blockers.js';

/** What a Markdown issue may say about itself before its text. */
interface FrontMatter {
  readonly id: string | null;
  readonly title: string | null;
  readonly state: 'open' | 'closed';
  /** As written; references are looked up elsewhere. */
  readonly blockedBy: readonly string[];
}

export interface SplitFile {
  readonly frontMatter: FrontMatter;
  /** The text after the front matter, lines ended by `\n`. */
  readonly text: string;
}

const MAX_FRONT_MATTER_CHARACTERS = 65_536;
const MAX_ALIASES = 20;

const text = z
  .string('expected text')
  .nullish()
  .transform((value) => value?.trim() || null);
/** Words of other tools for work that needs no agent any more; every other status is open. */
const CLOSED =
  /^(?:closed|done|complete|completed|finished|resolved|fixed|merged|shipped|released|archived|cancel+ed|rejected|duplicate|won'?t[ -]?(?:fix|do))$/;
const state = z
  .string('expected a word such as "open" or "closed"')
  .transform((word): 'open' | 'closed' | null => {
    const plain = word
      .replace(/[^\p{L}' -]/gu, '')
      .trim()
      .toLowerCase()
      .replaceAll('_', ' ');
    if (plain === '') return null;
    return CLOSED.test(plain) ? 'closed' : 'open';
  })
  .nullish();
const references = z
  .union([z.string(), z.array(z.string())], 'expected a reference or a list of references')
  .nullish()
  .transform((value) => (typeof value === 'string' ? value.split(',') : (value ?? [])));

const BLOCKERS = ['blocked-by', 'blocked_by', 'blockedBy', 'depends-on', 'depends_on', 'dependsOn', 'dependencies'] as const;

const schema = z
  .object(
    {
      id: text,
      title: text,
      state,
      status: state,
      ...(Object.fromEntries(BLOCKERS.map((key) => [key, references])) as Record<(typeof BLOCKERS)[number], typeof references>),
    },
    'expected keys such as "title: …"',
  )
  .transform((keys): FrontMatter => {
    const blockers = BLOCKERS.flatMap((key) => keys[key]);
    return {
      id: keys.id,
      title: keys.title,
      state: keys.state ?? keys.status ?? 'open',
      blockedBy: [...new Set(blockers.map((reference) => reference.trim()).filter((reference) => reference !== ''))],
    };
  });

/** Separates a file's front matter from its text. @throws UserError with the file, and the key or the line, when the front matter is not valid */
export function parseFrontMatter(content: string, file: string): SplitFile {
  const lines = content.replace(/\r\n?/g, '\n').split('\n');
  if (lines[0]?.trimEnd() !== '---') {
    return { frontMatter: schema.parse({}), text: lines.join('\n') };
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1) {
    throw invalid(file, 'it starts with "---" and has no second such line');
  }
  const parsed = schema.safeParse(parseYaml(lines.slice(1, end).join('\n'), file) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : `at "${printableLine(issue.path.map(String).join('.'))}": `;
    throw invalid(file, `${at}${printableLine(issue?.message ?? 'not valid')}`);
  }
  return { frontMatter: parsed.data, text: lines.slice(end + 1).join('\n') };
}

function parseYaml(source: string, file: string): unknown {
  if (source.length > MAX_FRONT_MATTER_CHARACTERS) {
    throw invalid(file, `it is longer than ${MAX_FRONT_MATTER_CHARACTERS} characters`);
  }
  try {
    const document = parseDocument(source, {
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      const line = source.slice(0, problem.pos[0]).split('\n').length + 1;
      throw invalid(file, `line ${line}: ${printableLine(problem.message)}`);
    }
    keepNumbersAsWritten(document);
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    throw invalid(file, 'it is nested too deep, or has an alias that is unknown or used too often', error);
  }
}

/** `id: 007` and `id: 1.10` name files; as numbers they would be 7 and 1.1. */
function keepNumbersAsWritten(document: Parameters<typeof visit>[0]): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) {
        node.value = node.source;
      }
    },
  });
}

function invalid(file: string, problem: string, cause?: unknown): UserError {
  return new UserError(`Front matter of "${printableLine(file)}" is not valid: ${problem}. Correct the file.`, { cause });
}

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
