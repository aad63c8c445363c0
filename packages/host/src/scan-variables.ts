/// <reference path="./dotenvx-primitives.d.ts" />
import primitives from '@dotenvx/primitives';

/**
 * Values of each variable of an env file as dotenvx reads them. Its `parse` runs `$(command)` and is never to be used; this expands and runs nothing.
 */
export function scanVariables(text: string): Readonly<Record<string, readonly string[]>> {
  return primitives.scan(text).scanned;
}
