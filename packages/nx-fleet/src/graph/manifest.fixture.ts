import type { Manifest } from '@nx-fleet/core';

export const manifest: Manifest = {
  version: 1,
  project: 'issue-42',
  title: 'Dark mode',
  branch: 'issue/42-dark-mode',
  base: 'a'.repeat(40),
  round: 1,
  blockedBy: [],
  tracker: { type: 'github', reference: '42', url: null },
};
