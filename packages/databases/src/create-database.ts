import type { CommandRunner, Database, DatabaseSettings, ScratchFolders } from '@nx-fleet/core';
import { createCommandDatabase } from './command/command-database.js';
import { createNeonDatabase } from './neon/neon-database.js';
import { createSqliteDatabase } from './sqlite/sqlite-database.js';

export interface DatabaseContext {
  readonly commands: CommandRunner;
  /** This process's environment: where the providers find their URL or key. Programs that copy a database get PATH and HOME of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where dumps go. @default plain temporary folders */
  readonly scratch?: ScratchFolders;
}

/** The kind of database that the settings name. */
export function createDatabase(settings: DatabaseSettings, context: DatabaseContext): Database {
  switch (settings.type) {
    case 'none':
      return createNoDatabase();
    case 'sqlite':
      return createSqliteDatabase(settings, context);
    case 'postgres':
      return loadedLater({ type: 'postgres', listsAll: true, variables: [settings.variable] }, async () => {
        const { createPostgresDatabase } = await import('./postgres/postgres-database.js');
        return createPostgresDatabase(settings, context);
      });
    case 'neon':
      return createNeonDatabase(settings, context);
    case 'command':
      return createCommandDatabase(settings, context);
  }
}

/** A database whose client is loaded once it is used: most commands need none of it. */
function loadedLater(facts: Pick<Database, 'type' | 'listsAll' | 'variables'>, load: () => Promise<Database>): Database {
  let loading: Promise<Database> | undefined;
  const loaded = (): Promise<Database> => (loading ??= load());
  return {
    ...facts,
    createBranch: async (request) => (await loaded()).createBranch(request),
    resetBranch: async (request) => (await loaded()).resetBranch(request),
    removeBranch: async (request) => (await loaded()).removeBranch(request),
    listBranches: async (owner) => (await loaded()).listBranches(owner),
    refreshSource: async (owner, onProgress) => (await loaded()).refreshSource(owner, onProgress),
  };
}

/** For repositories without a database. */
function createNoDatabase(): Database {
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
