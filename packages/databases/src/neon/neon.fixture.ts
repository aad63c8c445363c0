import { types } from 'node:util';
import { UserError, type DatabaseBranchRequest, type DatabaseSettings } from '@nx-fleet/core';
import { Client } from 'pg';
import { branchName } from '../ownership.js';
import type { DatabaseProbe } from '../database.contract.js';
import { createSpawnedCommands, type SpawnedCommands } from '../spawn-commands.contract.js';
import { startNeonEmulator, type NeonEmulator, type NeonEmulatorOptions } from '../testing/neon-emulator.js';
import type { EmulatedBranch } from '../testing/neon-project.js';
import { startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { createNeonDatabase } from './neon-database.js';
import type { Patience } from './neon-call.js';

let cluster: PostgresCluster;
const emulators: NeonEmulator[] = [];

/** A server for the databases of all tests of a spec, which end with no call that Neon would refuse. */
export function useNeonEmulators(): void {
  beforeAll(async () => {
    cluster = await startPostgresCluster();
  });
  afterEach(async () => {
    for (const emulator of emulators.splice(0)) {
      await emulator.stop();
      expect(emulator.violations).toEqual([]);
    }
  });
  afterAll(() => cluster.stop());
}

export const PATIENCE: Patience = {
  answerMs: 5_000,
  busyMs: 20_000,
  readyMs: 20_000,
  failedMs: 2_000,
  firstPauseMs: 10,
  longestPauseMs: 100,
  longestPollMs: 50,
  unansweredTries: 4,
};

type NeonSettings = Extract<DatabaseSettings, { type: 'neon' }>;

interface SetUp {
  readonly options?: NeonEmulatorOptions;
  readonly settings?: Partial<NeonSettings>;
  readonly patience?: Partial<Patience>;
  readonly env?: Readonly<Record<string, string>>;
}

export async function setUp({ options, settings, patience, env }: SetUp = {}) {
  const emulator = await startNeonEmulator(cluster, options);
  emulators.push(emulator);
  const all: NeonSettings = {
    type: 'neon',
    projectId: emulator.project.id,
    expiresInDays: 7,
    variable: 'DATABASE_URL',
    directVariable: 'DIRECT_URL',
    apiUrl: emulator.apiUrl,
    ...settings,
  };
  const context: { readonly commands: SpawnedCommands; readonly env: Readonly<Record<string, string>> } = {
    commands: createSpawnedCommands(),
    env: { NEON_API_KEY: emulator.key, ...env },
  };
  const database = createNeonDatabase(all, context, { ...PATIENCE, ...patience });
  const progress: string[] = [];
  const request = (worktree: string): DatabaseBranchRequest => ({
    repository: 'shop',
    clone: 'c10ec10e',
    project: `issue-${worktree}`,
    generation: 'a1a1a1a1',
    mainWorktree: '/nowhere',
    worktree: `/nowhere/${worktree}`,
    onProgress: (line) => progress.push(line),
  });
  const branch = (): EmulatedBranch => branchesOf(emulator, branchName(request('first')))[0]!;
  return { emulator, project: emulator.project, database, request, progress, branch, settings: all, context };
}

export function branchesOf(emulator: NeonEmulator, name: string): readonly EmulatedBranch[] {
  return [...emulator.project.branches.values()].filter((branch) => branch.name === name);
}

export function count(emulator: NeonEmulator, operation: string): number {
  return emulator.calls.filter((call) => call === operation).length;
}

export async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

export const probe: DatabaseProbe = {
  mark: async ({ variables }) => void (await query(variables['DIRECT_URL']!, 'CREATE TABLE mark (text text)')),
  isMarked: async ({ variables }) =>
    (await query(variables['DATABASE_URL']!, "SELECT 1 FROM pg_tables WHERE tablename = 'mark'")).length > 0,
};

export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  // Node's own AbortError is of another realm than the tests' Error.
  expect(types.isNativeError(error)).toBe(true);
  return error as Error;
}

export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await failureOf(promise);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).not.toContain('\n');
  return error.message;
}
