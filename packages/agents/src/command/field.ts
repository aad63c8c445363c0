import { matches, valueAt } from './json-path.js';
import type { CommandDefinition } from './invocation.js';

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
