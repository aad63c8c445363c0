// @ts-expect-error The package has no types.
import untyped from '@dotenvx/primitives';

interface Primitives {
  /** All values of each variable, as they stand: nothing is expanded or run. */
  scan(text: string): { readonly scanned: Readonly<Record<string, readonly string[]>> };
}

const primitives: Primitives = untyped;

/**
 * Values of each variable of an env file as dotenvx reads them. Its `parse` runs `$(command)` and is never to be used; this expands and runs nothing.
 */
export function scanVariables(text: string): Readonly<Record<string, readonly string[]>> {
  return primitives.scan(text).scanned;
}
