import { readFileSync, statSync } from 'node:fs';
import { printableLine, UserError } from '@nx-fleet/core';

/** No file of options and no manifest comes near it. */
const MAX_BYTES = 1_000_000;

/** A file's text without a byte order mark; undefined where there is none. @throws UserError when it cannot be read */
export function readText(file: string): string | undefined {
  try {
    if (statSync(file).size > MAX_BYTES) throw new UserError(`"${file}" is larger than ${MAX_BYTES} bytes.`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(`"${file}" cannot be read (${code}). Change its owner or mode, or replace it.`, { cause: error });
  }
}

/** A file's content; undefined where there is none. @throws UserError when it cannot be read, or is not JSON */
export function readJson(file: string): unknown {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`"${file}" is not valid JSON: ${printableLine(reason, 200)}`, { cause: error });
  }
}

/** What `read` returns; undefined where a file is at fault: the program that it belongs to reports that. */
export function unlessFaulty<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
