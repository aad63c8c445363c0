import type { z } from 'zod';
import { type Settings, settingsSchema } from './settings.js';
import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';

/** A place that options were read from; `file` is named in errors. */
export interface SettingsSource {
  readonly file: string;
  readonly value: unknown;
}

/**
 * The options of all sources as one. A key may be in one source only.
 * @throws UserError with the file, the key's path and what was expected
 */
export function parseSettings(sources: readonly SettingsSource[]): Settings {
  const options = new Map<string, unknown>();
  const fileOfKey = new Map<string, string>();
  for (const { file, value } of sources) {
    if (value === undefined || value === null) continue;
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new UserError(`Invalid nx-fleet options in ${file}: expected an object.`);
    }
    for (const [key, option] of Object.entries(value)) {
      if (key === '$schema') continue;
      const other = fileOfKey.get(key);
      if (other !== undefined) throw new UserError(`"${printableLine(key)}" is set in ${other} and in ${file}. Keep one of them.`);
      fileOfKey.set(key, file);
      options.set(key, option);
    }
  }
  const merged: unknown = Object.fromEntries(options);
  const parsed = settingsSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  throw new UserError(parsed.error.issues.map((issue) => describe(issue, merged, fileOfKey)).join('\n'));
}

function describe(issue: z.core.$ZodIssue, options: unknown, fileOfKey: ReadonlyMap<string, string>): string {
  const path = issue.path.map(String);
  const key = path[0] ?? (issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined);
  const file = (key === undefined ? undefined : fileOfKey.get(key)) ?? 'nx.json';
  const at = path.length === 0 ? '' : ` at "${printableLine(path.join('.'))}"`;
  return `Invalid nx-fleet options in ${file}${at}: ${describeIssue(issue, options, settingsSchema)}.`;
}

/** What is wrong with a value of the options and what was expected, for the user. */
function describeIssue(issue: z.core.$ZodIssue, options: unknown, schema: z.ZodType): string {
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
