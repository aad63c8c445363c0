import { type ModelUsage, parseJson } from '@nx-fleet/core';
import type { CommandDefinition } from './invocation.js';

/** What a program's output says, as far as the configured paths find it. */
export interface Extraction {
  readonly answer: string | null;
  readonly error: string | null;
  /** HTTP status of the model's server. */
  readonly errorStatus: number | null;
  readonly usage: ModelUsage;
  readonly costUsd: number | null;
  /** The program has said that its answer is whole. */
  readonly isFinished: boolean;
}

/** Finds the parts of an answer in a program's JSON objects, one after the other. */
export interface Extractor {
  read(document: object): void;
  found(): Omit<Extraction, 'answer'> & { readonly text: string | null };
}

type Name = keyof CommandDefinition['extract'];

export function createExtractor(extract: CommandDefinition['extract']): Extractor {
  const fields = new Map<Name, Field>();
  for (const name of Object.keys(extract) as Name[]) {
    const place = extract[name];
    if (place !== undefined) fields.set(name, createField(place));
  }
  const value = (name: Name): unknown => fields.get(name)?.value();
  return {
    read: (document) => fields.forEach((field) => field.read(document)),
    found: () => ({
      text: textOf(value('text')),
      error: textOf(value('error') || undefined),
      errorStatus: countOf(value('errorStatus')),
      usage: usageOf(value, extract.cacheWriteTokens !== undefined),
      costUsd: amountOf(value('costUsd')),
      isFinished: isYes(value('finished')),
    }),
  };
}

/** Reads standard output in the configured form. In `jsonl` the last line that has a path counts for that path, unless it says otherwise. */
export function extractOutput(stdout: string, { output, extract }: Pick<CommandDefinition, 'output' | 'extract'>): Extraction {
  const documents = output === 'text' ? [] : documentsOf(stdout, output);
  const extractor = createExtractor(extract);
  documents.forEach((document) => extractor.read(document));
  const { text, ...rest } = extractor.found();
  if (output === 'text') return { answer: stdout.trim(), ...rest };
  return { answer: extract.text === undefined ? textOf(documents.at(-1)) : text, ...rest };
}

function isYes(value: unknown): boolean {
  return typeof value === 'number' ? value === 0 : value !== undefined && value !== false;
}

function usageOf(value: (name: Name) => unknown, hasCacheWrites: boolean): ModelUsage {
  return {
    model: textOf(value('model')),
    inputTokens: countOf(value('inputTokens')),
    cachedInputTokens: countOf(value('cachedInputTokens')),
    ...(hasCacheWrites ? { cacheWriteTokens: countOf(value('cacheWriteTokens')) } : {}),
    outputTokens: countOf(value('outputTokens')),
  };
}

function documentsOf(stdout: string, output: 'json' | 'jsonl'): readonly object[] {
  const texts = output === 'json' ? [stdout] : stdout.split('\n');
  return texts.map(parseJson).filter((value): value is object => typeof value === 'object' && value !== null);
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === false) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function amountOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

type Place = NonNullable<CommandDefinition['extract']['text']>;

/** One part of an answer, gathered from a program's JSON objects. */
export interface Field {
  read(document: object): void;
  /** Undefined while there is none. */
  value(): unknown;
}

/** The part that is at `place`. A value that cannot be added up makes a sum unknown. */
export function createField(place: Place): Field {
  const { path, where, combine, after } =
    typeof place === 'string' ? { path: place, where: {}, combine: 'last' as const, after: undefined } : place;
  const paths = typeof path === 'string' ? [path] : path;
  let value: unknown;
  return {
    read(document) {
      if (after !== undefined && matches(document, after)) value = undefined;
      if (!matches(document, where)) return;
      const found = paths.length === 1 ? valueAt(document, paths[0] ?? '') : sumAt(document, paths);
      if (found === undefined || found === null || found === '') return;
      value = combined(value, found, combine);
    },
    value: () => value,
  };
}

function combined(before: unknown, found: unknown, combine: 'last' | 'join' | 'sum'): unknown {
  if (combine === 'last') return found;
  if (combine === 'join') return typeof found === 'string' ? `${typeof before === 'string' ? before : ''}${found}` : before;
  if (before === undefined) return found;
  return typeof before === 'number' && typeof found === 'number' ? before + found : Number.NaN;
}

/** The sum of several numbers of one object; a path that begins with `-` is subtracted. */
function sumAt(document: object, paths: readonly string[]): number | undefined {
  let sum = 0;
  for (const path of paths) {
    const isSubtracted = path.startsWith('-');
    const value = valueAt(document, isSubtracted ? path.slice(1) : path);
    if (value === undefined || value === null) return undefined;
    sum += (isSubtracted ? -1 : 1) * (typeof value === 'number' ? value : Number.NaN);
  }
  return sum;
}

/** What is at a dot path such as `usage.input_tokens`; what an object only inherits is not there. */
export function valueAt(document: object, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return value;
}

/** Whether each of these paths has its value. */
export function matches(document: object, where: Readonly<Record<string, string>>): boolean {
  return Object.entries(where).every(([path, value]) => valueAt(document, path) === value);
}
