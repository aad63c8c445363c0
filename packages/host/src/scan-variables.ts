import { createRequire } from 'node:module';

interface Primitives {
  /** All values of each variable, as they stand: nothing is expanded or run. */
  scan(text: string): { readonly scanned: Readonly<Record<string, readonly string[]>> };
}

const require = createRequire(import.meta.url);

/**
 * Values of each variable of an env file as dotenvx reads them. Its `parse` runs `$(command)` and is never to be used; this expands and runs nothing.
 */
export function scanVariables(text: string): Readonly<Record<string, readonly string[]>> {
  // Most commands read no env file: loading it is left to those that do.
  const primitives = require('@dotenvx/primitives') as Primitives;
  return primitives.scan(text).scanned;
}
