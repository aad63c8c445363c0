import type { Manifest } from '@nx-fleet/core';

/** Splits removals so that each wave holds what nothing of the later ones waits for. */
export function removalWaves<Item>(
  items: readonly Item[],
  manifestOf: (item: Item) => Pick<Manifest, 'project' | 'blockedBy'>,
): readonly (readonly Item[])[] {
  const waited = new Set(items.flatMap((item) => manifestOf(item).blockedBy));
  const free = items.filter((item) => !waited.has(manifestOf(item).project));
  // Manifests that were edited by hand may wait for each other.
  if (free.length === 0 || free.length === items.length) return items.length === 0 ? [] : [items];
  return [
    free,
    ...removalWaves(
      items.filter((item) => !free.includes(item)),
      manifestOf,
    ),
  ];
}
