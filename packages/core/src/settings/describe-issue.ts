import type { z } from 'zod';
import { printableLine } from '../text/printable.js';

/** What is wrong with a value of the options and what was expected, for the user. */
export function describeIssue(issue: z.core.$ZodIssue, options: unknown, schema: z.ZodType): string {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    const expected = known.length === 0 ? '' : `; expected ${known.join(', ')}`;
    return `unknown key ${issue.keys.map((key) => `"${printableLine(key)}"`).join(', ')}${expected}`;
  }
  if (issue.code === 'invalid_union') return describeUnion(issue, valueAt(options, issue.path));
  if (issue.code === 'invalid_value') return `expected ${quoted(issue.values)}${received(valueAt(options, issue.path))}`;
  if (issue.code === 'invalid_key') return `a key of it is not valid: ${printableLine(issue.issues[0]?.message ?? issue.message)}`;
  return printableLine(issue.message);
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string {
  const possible = (issue as { readonly options?: unknown }).options;
  if (Array.isArray(possible)) return `expected ${quoted(possible)}${received(value)}`;
  const branches = issue.errors.flatMap((issues) => issues.slice(0, 1));
  const [deepest] = branches.toSorted((one, other) => other.path.length - one.path.length);
  if (deepest !== undefined && deepest.path.length > 0)
    return `at its "${deepest.path.map(String).join('.')}": ${printableLine(deepest.message)}`;
  const expected = branches.map((branch) => (branch.code === 'invalid_type' ? branch.expected : branch.message));
  return `expected ${expected.join(' or ')}${received(value)}`;
}

function quoted(values: readonly unknown[]): string {
  const names = values.map((value) => `"${String(value)}"`);
  return names.length === 1 ? names.join('') : `one of ${names.join(', ')}`;
}

function received(value: unknown): string {
  if (value === undefined) return ', and there is none';
  return typeof value === 'string' ? `, not "${printableLine(value, 60)}"` : `, not ${Array.isArray(value) ? 'an array' : typeof value}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

interface SchemaShape {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

/** Keys of the object schema at a path; none where the path leads through a union or an array. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { innerType, in: input, shape } = schema.def as SchemaShape;
  const inner = innerType ?? input;
  if (inner !== undefined) return keysAt(inner, path);
  if (shape === undefined) return [];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape);
  const next = shape[String(key)];
  return next === undefined ? [] : keysAt(next, rest);
}
