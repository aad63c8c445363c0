import type { CommandRunner, Database, DatabaseSettings } from '@nx-fleet/core';
import { createNoDatabase } from './no-database.js';
import { createSqliteDatabase } from './sqlite/sqlite-database.js';

export interface DatabaseContext {
  readonly commands: CommandRunner;
  /** This process's environment; programs that copy a database get PATH and HOME of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** The kind of database that the settings name. */
export function createDatabase(settings: DatabaseSettings, context: DatabaseContext): Database {
  switch (settings.type) {
    case 'none':
      return createNoDatabase();
    case 'sqlite':
      return createSqliteDatabase(settings, context);
  }
}
