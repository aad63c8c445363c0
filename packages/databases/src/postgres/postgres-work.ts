import type { DatabaseOwner, DatabaseSettings } from '@nx-fleet/core';
import type { DatabaseContext } from '../create-database.js';
import type { Session } from './session.js';
import type { PostgresSource } from './source-url.js';

export type PostgresSettings = Extract<DatabaseSettings, { type: 'postgres' }>;

/** What every step on the server needs. */
export interface PostgresWork {
  readonly session: Session;
  readonly source: PostgresSource;
  readonly settings: PostgresSettings;
  readonly context: DatabaseContext;
  /** See `CopyRequest`. */
  readonly fileCopyFromBytes: number;
  readonly owner: DatabaseOwner;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}
