import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import type { PostgresCluster } from './postgres-cluster.js';

export interface EmulatedBranch {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly role: string;
  readonly password: string;
  readonly annotation: Readonly<Record<string, string>> | null;
  readonly createdAt: string;
  isProtected: boolean;
  state: 'init' | 'ready' | 'resetting' | 'deleting';
  expiresAt: string | null;
  lifeMs: number;
  resetAt: string | null;
}

export interface EmulatedOperation {
  readonly id: string;
  readonly branchId: string;
  readonly action: string;
  status: string;
}

export interface NewEmulatedBranch {
  readonly name: string;
  readonly parentId: string | null;
  readonly annotation: Readonly<Record<string, string>> | null;
  readonly expiresAt: string | null;
}

/** A Neon project whose branches are databases of a real cluster, each with a role and password of its own. */
export class NeonProject {
  readonly id = `made-up-${randomBytes(4).toString('hex')}`;
  readonly branches = new Map<string, EmulatedBranch>();
  readonly operations = new Map<string, EmulatedOperation>();
  /** Names of the databases that each branch is said to have: the URL of all leads to the same one. */
  databases: readonly string[] = ['neondb'];
  /** How long each operation takes besides its work, in milliseconds. */
  operationMs = 0;
  /** How often the next operations say that they failed before they go on. */
  failures = 0;
  readonly #cluster: PostgresCluster;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(cluster: PostgresCluster) {
    this.#cluster = cluster;
  }

  /** Runs statements as the superuser, one after the other whoever asks. */
  query(database: string, ...statements: readonly string[]): Promise<readonly (readonly unknown[])[]> {
    const result = this.#queue.then(() => runStatements(this.#cluster.url(database), statements));
    this.#queue = result.catch(() => {});
    return result;
  }

  async addRoot(name: string): Promise<EmulatedBranch> {
    const branch = this.#entry({ name, parentId: null, annotation: null, expiresAt: null });
    await this.query('postgres', `CREATE DATABASE "${branch.id}"`, ...roleStatements(branch));
    await this.query(branch.id, 'CREATE TABLE product (name text)', "INSERT INTO product VALUES ('apple'), ('pear')");
    branch.state = 'ready';
    return branch;
  }

  /** The row is there at once, the database once the operations are done. */
  add(fields: NewEmulatedBranch): { readonly branch: EmulatedBranch; readonly operations: readonly EmulatedOperation[] } {
    const branch = this.#entry(fields);
    const operations = this.#start(branch, ['create_timeline', 'start_compute'], async () => {
      await this.query('postgres', `CREATE DATABASE "${branch.id}" TEMPLATE "${fields.parentId}"`, ...roleStatements(branch));
      branch.state = 'ready';
    });
    return { branch, operations };
  }

  restore(branch: EmulatedBranch, sourceId: string): readonly EmulatedOperation[] {
    branch.state = 'resetting';
    branch.resetAt = new Date().toISOString();
    branch.expiresAt = branch.expiresAt === null ? null : new Date(Date.now() + branch.lifeMs).toISOString();
    return this.#start(branch, ['timeline_archive', 'start_compute'], async () => {
      await this.query('postgres', `DROP DATABASE "${branch.id}" WITH (FORCE)`, `CREATE DATABASE "${branch.id}" TEMPLATE "${sourceId}"`);
      branch.state = 'ready';
    });
  }

  /** The name stays taken until the operations are done. */
  remove(branch: EmulatedBranch): readonly EmulatedOperation[] {
    branch.state = 'deleting';
    return this.#start(branch, ['suspend_compute', 'delete_timeline'], async () => {
      await this.query('postgres', `DROP DATABASE IF EXISTS "${branch.id}" WITH (FORCE)`, `DROP ROLE IF EXISTS "${branch.role}"`);
      this.branches.delete(branch.id);
    });
  }

  isBusy(branch: EmulatedBranch | null): boolean {
    return [...this.operations.values()].some(
      ({ branchId, status }) => !['finished', 'skipped'].includes(status) && (branch === null || branchId === branch.id),
    );
  }

  uri(branch: EmulatedBranch, pooled: boolean): string {
    const url = new URL(this.#cluster.url(branch.id));
    url.username = branch.role;
    url.password = branch.password;
    url.searchParams.set('application_name', pooled ? 'pooler' : 'direct');
    return url.href;
  }

  /** Waits for what is under way, and removes all databases and roles. */
  async clear(): Promise<void> {
    while (this.isBusy(null)) await setTimeout(20);
    for (const { id, role } of this.branches.values()) {
      await this.query('postgres', `DROP DATABASE IF EXISTS "${id}" WITH (FORCE)`, `DROP ROLE IF EXISTS "${role}"`);
    }
    this.branches.clear();
  }

  #entry({ name, parentId, annotation, expiresAt }: NewEmulatedBranch): EmulatedBranch {
    const code = randomBytes(4).toString('hex');
    const branch: EmulatedBranch = {
      id: `br-made-up-${code}`,
      name,
      parentId,
      role: `owner_${code}`,
      password: `Pw/${randomBytes(8).toString('hex')}@`,
      annotation,
      createdAt: new Date().toISOString(),
      isProtected: false,
      state: 'init',
      expiresAt,
      lifeMs: expiresAt === null ? 0 : Date.parse(expiresAt) - Date.now(),
      resetAt: null,
    };
    this.branches.set(branch.id, branch);
    return branch;
  }

  #start(branch: EmulatedBranch, actions: readonly string[], work: () => Promise<void>): readonly EmulatedOperation[] {
    const operations = actions.map((action) => ({ id: randomUUID(), branchId: branch.id, action, status: 'scheduling' }));
    for (const operation of operations) this.operations.set(operation.id, operation);
    void this.#run(operations, work);
    return operations;
  }

  async #run(operations: readonly EmulatedOperation[], work: () => Promise<void>): Promise<void> {
    const setAll = (status: string): void => operations.forEach((operation) => (operation.status = status));
    for (; this.failures > 0; this.failures -= 1) {
      setAll('failed');
      await setTimeout(Math.max(this.operationMs, 30));
    }
    setAll('running');
    await setTimeout(this.operationMs);
    await work().then(
      () => setAll('finished'),
      () => setAll('error'),
    );
  }
}

function roleStatements({ id, role, password }: EmulatedBranch): readonly string[] {
  return [`CREATE ROLE "${role}" LOGIN SUPERUSER PASSWORD '${password}'`, `COMMENT ON ROLE "${role}" IS '${id}'`];
}

async function runStatements(url: string, statements: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[][] = [];
    for (const text of statements) {
      ({ rows } = await client.query<unknown[]>({ text, rowMode: 'array' }));
    }
    return rows;
  } finally {
    await client.end();
  }
}
