import type { z } from 'zod';
import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';
import { describeIssue } from './describe-issue.js';
import { settingsSchema, type Settings } from './settings.js';

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
