import type { Database } from '@nx-fleet/core';

/** For repositories without a database. */
export function createNoDatabase(): Database {
  return {
    type: 'none',
    listsAll: false,
    variables: [],
    createBranch: async () => null,
    resetBranch: async () => null,
    removeBranch: async () => {},
    listBranches: async () => [],
    refreshSource: async () => null,
  };
}
