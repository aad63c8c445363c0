import type { Context } from 'openapi-backend';
import type { NeonEmulatorOptions } from './neon-emulator.js';
import type { EmulatedBranch, EmulatedOperation, NeonProject } from './neon-project.js';

export interface NeonAnswer {
  readonly status: number;
  /** Null for none. */
  readonly body: unknown;
}

const OWNER = 'neondb_owner';
const DATABASE = 'neondb';
const LONGEST_MS = 30 * 86_400_000;

interface CreateBody {
  readonly branch: { readonly name: string; readonly parent_id?: string; readonly expires_at?: string };
  readonly endpoints?: readonly { readonly type: string }[];
  readonly annotation_value?: Readonly<Record<string, string>>;
}

type NeonHandler = (context: Context) => NeonAnswer;

/** What the API's operations do to a project, by their names in the OpenAPI document. */
export function neonHandlers(project: NeonProject, options: NeonEmulatorOptions): Readonly<Record<string, NeonHandler>> {
  return { ...changes(project, options), ...reads(project, options) };
}

function changes(project: NeonProject, { branchLimit = 10, isExclusive = false }: NeonEmulatorOptions): Record<string, NeonHandler> {
  const isLocked = (branch: EmulatedBranch | null): boolean => project.isBusy(isExclusive ? null : branch);
  return {
    createProjectBranch: (context): NeonAnswer => {
      const { branch: wanted, endpoints = [], annotation_value: annotation = null } = context.request.requestBody as CreateBody;
      const parent = findBranch(project, wanted.parent_id ?? rootOf(project).id);
      if (parent === null) return refusal(404, 'parent branch not found');
      if ([...project.branches.values()].some(({ name }) => name === wanted.name)) return refusal(409, 'branch already exists');
      if (isExclusive && project.isBusy(null)) return refusal(423, 'project already has running conflicting operations');
      if (project.branches.size >= branchLimit) return refusal(422, 'branches limit exceeded');
      if (!isExpiry(wanted.expires_at)) return refusal(400, 'expires_at is not valid');
      const { branch, operations } = project.add({
        name: wanted.name,
        parentId: parent.id,
        annotation,
        expiresAt: wanted.expires_at ?? null,
      });
      return {
        status: 201,
        body: {
          branch: branchBody(project, branch),
          endpoints: endpoints.map(() => endpointBody(project, branch)),
          operations: operations.map((operation) => operationBody(project, operation)),
          roles: [{ branch_id: branch.id, name: OWNER, ...times(branch) }],
          databases: [databaseBody(branch)],
        },
      };
    },
    restoreProjectBranch: (context): NeonAnswer => {
      const branch = branchOf(project, context);
      const { source_branch_id: sourceId } = context.request.requestBody as { readonly source_branch_id: string };
      if (branch === null || findBranch(project, sourceId) === null) return refusal(404, 'branch not found');
      if (isLocked(branch)) return refusal(423, 'project already has running conflicting operations');
      if (hasChildren(project, branch)) return refusal(400, 'preserve_under_name is required');
      return changed(project, branch, project.restore(branch, sourceId));
    },
    deleteProjectBranch: (context): NeonAnswer => {
      const branch = branchOf(project, context);
      if (branch === null || branch.state === 'deleting') return { status: 204, body: null };
      if (isLocked(branch)) return refusal(423, 'project already has running conflicting operations');
      if (branch.parentId === null || branch.isProtected) return refusal(422, 'cannot delete a default or protected branch');
      if (hasChildren(project, branch)) return refusal(422, 'cannot delete a branch that has children');
      return changed(project, branch, project.remove(branch));
    },
    updateProjectBranch: (context): NeonAnswer => {
      const branch = branchOf(project, context);
      if (branch === null) return refusal(404, 'branch not found');
      const { expires_at: expiresAt } = (context.request.requestBody as CreateBody).branch;
      if (branch.isProtected || !isExpiry(expiresAt)) return refusal(422, 'a protected branch cannot expire');
      branch.expiresAt = expiresAt ?? null;
      return changed(project, branch, []);
    },
  };
}

function reads(project: NeonProject, { pageSize = 10_000, branchLimit = 10 }: NeonEmulatorOptions): Record<string, NeonHandler> {
  return {
    listProjectBranches: (context): NeonAnswer => listPage(project, context, pageSize),
    countProjectBranches: (): NeonAnswer => ({ status: 200, body: { count: project.branches.size } }),
    getProject: (): NeonAnswer => ({ status: 200, body: { project: projectBody(project, branchLimit) } }),
    getProjectBranch: (context): NeonAnswer =>
      withBranch(project, context, (branch) => ({ branch: branchBody(project, branch), annotation: annotationBody(branch) })),
    getProjectOperation: (context): NeonAnswer => {
      const operation = project.operations.get(String(context.request.params['operation_id']));
      return operation === undefined
        ? refusal(404, 'operation not found')
        : { status: 200, body: { operation: operationBody(project, operation) } };
    },
    listProjectBranchDatabases: (context): NeonAnswer =>
      withBranch(project, context, (branch) => ({ databases: project.databases.map((name) => ({ ...databaseBody(branch), name })) })),
    getConnectionURI: (context): NeonAnswer => {
      const query = context.request.query as { branch_id: string; database_name: string; role_name: string; pooled?: boolean | string };
      const branch = findBranch(project, query.branch_id);
      if (branch === null || !project.databases.includes(query.database_name)) return refusal(404, 'not found');
      if (query.role_name !== OWNER) return refusal(404, 'role not found');
      return { status: 200, body: { uri: project.uri(branch, String(query.pooled) === 'true') } };
    },
  };
}

function listPage(project: NeonProject, context: Context, pageSize: number): NeonAnswer {
  const {
    search = '',
    limit = 10_000,
    cursor = '0',
  } = context.request.query as { search?: string; limit?: number | string; cursor?: string };
  const found = [...project.branches.values()].filter(({ id, name }) => name.includes(search) || id.includes(search));
  const start = Number(cursor);
  const end = start + Math.min(Number(limit), pageSize);
  const page = found.slice(start, end);
  const annotated = page.filter(({ annotation }) => annotation !== null);
  return {
    status: 200,
    body: {
      branches: page.map((branch) => branchBody(project, branch)),
      annotations: Object.fromEntries(annotated.map((branch) => [branch.id, annotationBody(branch)])),
      // The last page has a cursor too: it leads to an empty one.
      pagination: { next: String(Math.min(end, found.length)), sort_by: 'created_at', sort_order: 'ASC' },
    },
  };
}

function withBranch(project: NeonProject, context: Context, bodyOf: (branch: EmulatedBranch) => unknown): NeonAnswer {
  const branch = branchOf(project, context);
  return branch === null ? refusal(404, 'branch not found') : { status: 200, body: bodyOf(branch) };
}

function branchOf(project: NeonProject, { request }: Context): EmulatedBranch | null {
  return findBranch(project, String(request.params['branch_id']));
}

function findBranch(project: NeonProject, id: string): EmulatedBranch | null {
  return project.branches.get(id) ?? null;
}

function rootOf(project: NeonProject): EmulatedBranch {
  return [...project.branches.values()].find(({ parentId }) => parentId === null)!;
}

function hasChildren(project: NeonProject, branch: EmulatedBranch): boolean {
  return [...project.branches.values()].some(({ parentId }) => parentId === branch.id);
}

function isExpiry(value: string | undefined): boolean {
  if (value === undefined) return true;
  const leftMs = Date.parse(value) - Date.now();
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && leftMs > 0 && leftMs <= LONGEST_MS;
}

function refusal(status: number, message: string): NeonAnswer {
  return { status, body: { request_id: 'made-up-request', code: `MADE_UP_${status}`, message } };
}

function changed(project: NeonProject, branch: EmulatedBranch, operations: readonly EmulatedOperation[]): NeonAnswer {
  return {
    status: 200,
    body: {
      branch: branchBody(project, branch),
      operations: operations.map((operation) => operationBody(project, operation)),
    },
  };
}

function times({ createdAt }: EmulatedBranch) {
  return { created_at: createdAt, updated_at: createdAt };
}

function branchBody(project: NeonProject, branch: EmulatedBranch): unknown {
  return {
    id: branch.id,
    project_id: project.id,
    ...(branch.parentId === null ? {} : { parent_id: branch.parentId }),
    name: branch.name,
    current_state: branch.state === 'deleting' ? 'ready' : branch.state,
    state_changed_at: branch.createdAt,
    creation_source: 'console',
    ...times(branch),
    default: branch.parentId === null,
    protected: branch.isProtected,
    cpu_used_sec: 0,
    active_time_seconds: 0,
    compute_time_seconds: 0,
    written_data_bytes: 0,
    data_transfer_bytes: 0,
    ...(branch.expiresAt === null ? {} : { expires_at: branch.expiresAt }),
    ...(branch.resetAt === null ? {} : { last_reset_at: branch.resetAt }),
  };
}

function annotationBody(branch: EmulatedBranch): unknown {
  return { object: { type: 'console/branch', id: branch.id }, value: branch.annotation ?? {}, ...times(branch) };
}

function databaseBody(branch: EmulatedBranch) {
  return { id: 1, branch_id: branch.id, name: DATABASE, owner_name: OWNER, ...times(branch) };
}

function endpointBody(project: NeonProject, branch: EmulatedBranch): unknown {
  return {
    host: '127.0.0.1',
    id: branch.id.replace('br-', 'ep-'),
    project_id: project.id,
    branch_id: branch.id,
    region_id: 'aws-us-east-2',
    autoscaling_limit_max_cu: 1,
    autoscaling_limit_min_cu: 1,
    type: 'read_write',
    current_state: 'init',
    pooler_enabled: false,
    pooler_mode: 'transaction',
    disabled: false,
    passwordless_access: true,
    creation_source: 'console',
    ...times(branch),
    settings: {},
    proxy_host: '127.0.0.1',
    suspend_timeout_seconds: 0,
    provisioner: 'k8s-neonvm',
  };
}

function operationBody(project: NeonProject, { id, branchId, action, status }: EmulatedOperation): unknown {
  const now = new Date().toISOString();
  return {
    id,
    project_id: project.id,
    branch_id: branchId,
    action,
    status,
    failures_count: 0,
    created_at: now,
    updated_at: now,
    total_duration_ms: 0,
  };
}

function projectBody(project: NeonProject, branchLimit: number): unknown {
  const now = new Date().toISOString();
  return {
    id: project.id,
    name: 'made up',
    owner: { email: 'owner@example.com', name: 'Owner', branches_limit: branchLimit, subscription_type: 'free_v2' },
    owner_id: 'made-up-owner',
    platform_id: 'aws',
    region_id: 'aws-us-east-2',
    pg_version: 18,
    proxy_host: '127.0.0.1',
    provisioner: 'k8s-neonvm',
    creation_source: 'console',
    store_passwords: true,
    branch_logical_size_limit: 512,
    branch_logical_size_limit_bytes: 536_870_912,
    history_retention_seconds: 3600,
    active_time_seconds: 0,
    compute_time_seconds: 0,
    cpu_used_sec: 0,
    written_data_bytes: 0,
    data_transfer_bytes: 0,
    data_storage_bytes_hour: 0,
    consumption_period_start: now,
    consumption_period_end: now,
    created_at: now,
    updated_at: now,
  };
}
