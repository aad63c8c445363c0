import { printableLine, UserError } from '@nx-fleet/core';
import type { NeonClient } from './neon-client.js';
import type { NeonSettings } from './neon-account.js';

/** What Neon calls the database of a new project. */
const FIRST_DATABASE = 'neondb';

interface BranchUrls {
  /** Through the pooler. Secret. */
  readonly pooled: string;
  /** Without it, for migrations. Secret. */
  readonly direct: string;
}

/** A branch's URLs. They are asked for, never derived: children of a protected branch have passwords of their own. @throws UserError */
export async function fetchUrls(client: NeonClient, settings: NeonSettings, branchId: string): Promise<BranchUrls> {
  const { name, owner } = await requireDatabase(client, settings, branchId);
  const query = { branchId, database: name, role: settings.role ?? owner };
  const [pooled, direct] = await Promise.all([client.getUri({ ...query, pooled: true }), client.getUri({ ...query, pooled: false })]);
  return { pooled, direct };
}

async function requireDatabase(
  client: NeonClient,
  settings: NeonSettings,
  branchId: string,
): Promise<{ readonly name: string; readonly owner: string }> {
  const databases = await client.listDatabases(branchId);
  const [only] = databases;
  if (settings.database === undefined && only !== undefined && databases.length === 1) {
    return only;
  }
  const wanted = settings.database ?? FIRST_DATABASE;
  const found = databases.find(({ name }) => name === wanted);
  if (found === undefined) {
    const names = databases.map(({ name }) => `"${printableLine(name)}"`).join(', ') || 'none';
    throw new UserError(
      `The Neon branch has no database "${printableLine(wanted)}", but ${names}. Set "database.database" to one of them.`,
    );
  }
  return found;
}
