import type { CommandRunner, Database, DatabaseSettings } from '@nx-fleet/core';
import { createCommandDatabase } from './command/command-database.js';
import { createNeonDatabase } from './neon/neon-database.js';
import { createNoDatabase } from './no-database.js';
import { createPostgresDatabase } from './postgres/postgres-database.js';
import { createSqliteDatabase } from './sqlite/sqlite-database.js';

export interface DatabaseContext {
  readonly commands: CommandRunner;
  /** This process's environment: where the providers find their URL or key. Programs that copy a database get PATH and HOME of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** The kind of database that the settings name. */
export function createDatabase(settings: DatabaseSettings, context: DatabaseContext): Database {
  switch (settings.type) {
    case 'none':
      return createNoDatabase();
    case 'sqlite':
      return createSqliteDatabase(settings, context);
    case 'postgres':
      return createPostgresDatabase(settings, context);
    case 'neon':
      return createNeonDatabase(settings, context);
    case 'command':
      return createCommandDatabase(settings, context);
  }
}
