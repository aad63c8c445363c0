import type { Tree } from '@nx/devkit';
import type { WorktreePlan } from '@nx-fleet/core';

/** Puts each issue's manifest and spec into the tree: Nx shows them, and `--dry-run` leaves them out. */
export function writeManifests(tree: Tree, plans: readonly WorktreePlan[]): void {
  for (const { manifest, spec } of plans) {
    const root = `.nx-fleet/issues/${manifest.project}`;
    tree.write(`${root}/issue.json`, `${JSON.stringify(manifest, null, 2)}\n`);
    tree.write(`${root}/spec.md`, spec);
  }
}
