import { print } from './print.mjs';

/** A failure that is told in one line. */
export class DemoFailure extends Error {}

/** Shows a claim that holds, and ends the demo with one that does not. @throws DemoFailure */
export function check(claim, holds, found) {
  if (!holds) throw new DemoFailure(`Not as it should be: ${claim}. Found: ${JSON.stringify(found)}`);
  print(`  ✓ ${claim}`);
}

/** The claim that values are all there and all different. @throws DemoFailure */
export function checkDistinct(claim, values) {
  check(claim, new Set(values).size === values.length && !values.includes(undefined), values);
}
