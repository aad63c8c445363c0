import type { Api, EndpointType } from '@neondatabase/api-client';
import { createRedactor } from '@nx-fleet/core';
import type { NeonAccount } from './neon-account.js';
import {
  branchAnswerSchema,
  type BranchPage,
  branchPageSchema,
  changeSchema,
  countSchema,
  createdSchema,
  databasesSchema,
  limitSchema,
  type ListedBranch,
  type NeonBranch,
  operationSchema,
  uriSchema,
} from './neon-answers.js';
import { type Calling, orNull, parse, type Patience, send } from './neon-call.js';
import type { Ownership } from '../ownership.js';

const PAGE_SIZE = 100;
const MAX_ANSWER_BYTES = 20_000_000;

export interface NewBranch {
  readonly name: string;
  /** Null for the project's default branch. */
  readonly parentId: string | null;
  /** RFC 3339, in whole seconds. */
  readonly expiresAt: string;
  readonly ownership: Ownership;
}

/** What we ask of Neon's API, about one project. @throws NeonFailure */
export interface NeonClient {
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  /** With a compute endpoint. Sent once: its outcome may be unknown. */
  createBranch(branch: NewBranch): Promise<{ readonly branch: NeonBranch; readonly operations: readonly string[] }>;
  /** All branches that have the text in their name or id. */
  searchBranches(text: string): Promise<readonly ListedBranch[]>;
  /** Null when there is none. */
  getBranch(branchId: string): Promise<NeonBranch | null>;
  countBranches(): Promise<number>;
  /** Null when Neon does not tell. */
  getBranchLimit(): Promise<number | null>;
  /** Ids of the operations that it started. Sent once: its outcome may be unknown. */
  restoreBranch(branchId: string, sourceId: string): Promise<readonly string[]>;
  setExpiry(branchId: string, expiresAt: string): Promise<void>;
  /** Ids of the operations that it started: none when there was no such branch. */
  deleteBranch(branchId: string): Promise<readonly string[]>;
  getOperation(operationId: string): Promise<{ readonly action: string; readonly status: string }>;
  listDatabases(branchId: string): Promise<readonly { readonly name: string; readonly owner: string }[]>;
  /** Secret. */
  getUri(query: { readonly branchId: string; readonly database: string; readonly role: string; readonly pooled: boolean }): Promise<string>;
}

/** Opens no connection: each call is a request of its own. */
export async function createNeonClient(account: NeonAccount, waiting: Pick<Calling, 'patience' | 'signal'>): Promise<NeonClient> {
  const { createApiClient, EndpointType } = await import('@neondatabase/api-client');
  const api = createApiClient({
    apiKey: account.key,
    baseURL: account.apiUrl,
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    // A proxy of the environment cannot reach this machine's loopback.
    ...(account.isLoopback ? { proxy: false } : {}),
  });
  const calling = { ...waiting, redact: createRedactor([account.key]) };
  const calls = { api, calling, projectId: account.projectId };
  return { ...waiting, ...branchCalls(calls, EndpointType.ReadWrite), ...readCalls(calls) };
}

interface Calls {
  readonly api: Api<unknown>;
  readonly calling: Calling;
  readonly projectId: string;
}

function branchCalls({ api, calling, projectId }: Calls, endpointType: EndpointType) {
  const once = { ...calling, isRepeatable: false };
  const repeated = { ...calling, isRepeatable: true };
  return {
    createBranch: async ({ name, parentId, expiresAt, ownership }: NewBranch) => {
      const body = {
        branch: { name, expires_at: expiresAt, ...(parentId === null ? {} : { parent_id: parentId }) },
        endpoints: [{ type: endpointType }],
        annotation_value: { ...ownership },
      };
      return parse(createdSchema, await send((config) => api.createProjectBranch(projectId, body, config), once));
    },
    restoreBranch: async (branchId: string, sourceId: string) =>
      parse(
        changeSchema,
        await send((config) => api.restoreProjectBranch(projectId, branchId, { source_branch_id: sourceId }, config), once),
      ),
    setExpiry: async (branchId: string, expiresAt: string) => {
      await send((config) => api.updateProjectBranch(projectId, branchId, { branch: { expires_at: expiresAt } }, config), repeated);
    },
    // An id is never given twice: removing it again is harmless.
    deleteBranch: async (branchId: string) => {
      const answer = await orNull(send((config) => api.deleteProjectBranch({ projectId, branchId }, config), repeated));
      return answer === null || answer === '' || answer === undefined ? [] : parse(changeSchema, answer);
    },
  };
}

function readCalls({ api, calling, projectId }: Calls) {
  const read = { ...calling, isRepeatable: true };
  return {
    searchBranches: (text: string) =>
      collectPages((cursor) =>
        send(
          (config) =>
            api.listProjectBranches(
              {
                projectId,
                search: text,
                limit: PAGE_SIZE,
                sort_by: 'created_at',
                sort_order: 'asc',
                ...(cursor === null ? {} : { cursor }),
              },
              config,
            ),
          read,
        ),
      ),
    getBranch: async (branchId: string) => {
      const answer = await orNull(send((config) => api.getProjectBranch(projectId, branchId, config), read));
      return answer === null ? null : parse(branchAnswerSchema, answer);
    },
    countBranches: async () => parse(countSchema, await send((config) => api.countProjectBranches({ projectId }, config), read)),
    getBranchLimit: async () => parse(limitSchema, await send((config) => api.getProject(projectId, config), read)),
    getOperation: async (operationId: string) =>
      parse(operationSchema, await send((config) => api.getProjectOperation(projectId, operationId, config), read)),
    listDatabases: async (branchId: string) =>
      parse(databasesSchema, await send((config) => api.listProjectBranchDatabases(projectId, branchId, config), read)),
    getUri: async ({ branchId, database, role, pooled }: Parameters<NeonClient['getUri']>[0]) => {
      const query = { projectId, branch_id: branchId, database_name: database, role_name: role, pooled };
      return parse(uriSchema, await send((config) => api.getConnectionUri(query, config), read));
    },
  };
}

async function collectPages(fetchPage: (cursor: string | null) => Promise<unknown>): Promise<readonly ListedBranch[]> {
  const branches: ListedBranch[] = [];
  let cursor: string | null = null;
  do {
    const page: BranchPage = parse(branchPageSchema, await fetchPage(cursor));
    branches.push(...page.branches);
    cursor = page.branches.length === 0 || page.next === cursor ? null : page.next;
  } while (cursor !== null);
  return branches;
}
