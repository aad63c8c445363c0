import { readFileSync } from 'node:fs';
import { UserError } from '@nx-fleet/core';

/** A file's content; undefined where there is none. @throws UserError when it is no JSON */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`"${file}" is not valid JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
