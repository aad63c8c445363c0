import { allowedEnvironment } from '@nx-fleet/core';

const OF_ANOTHER_SESSION = /^(?:CLAUDECODE$|CLAUDE_CODE_(?:SESSION|CHILD_SESSION)|CODEX_SESSION)/i;

type Variables = Readonly<Record<string, string>>;

export interface EnvironmentRequest {
  /** The environment that the allow-list picks from. */
  readonly source: Variables;
  /** Names that hold the agent's login and base URL, picked from `source` too. */
  readonly loginNames: readonly string[];
  /** Variables of the worktree. They never replace PATH, the login or a switch. */
  readonly worktree: Variables;
  /** Variables that always hold, such as switches for telemetry. */
  readonly switches: Variables;
}

export interface AgentEnvironment {
  /** The whole environment of the agent's process. */
  readonly env: Variables;
  /** Names in `env` that the agent's own commands may see: all but the login. */
  readonly commandNames: readonly string[];
}

/** The environment of an agent: an allow-list, so that no secret, session or setting of nx-fleet reaches it by accident. */
export function planEnvironment(request: EnvironmentRequest): AgentEnvironment {
  const { source, worktree, switches } = request;
  const logins = new Set(request.loginNames);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(allowedEnvironment(source, [...logins]))) {
    if (!OF_ANOTHER_SESSION.test(name)) env[name] = value;
  }
  for (const [name, value] of Object.entries(worktree)) {
    if (name.toUpperCase() === 'PATH' || logins.has(name) || OF_ANOTHER_SESSION.test(name)) continue;
    env[name] = value;
  }
  Object.assign(env, switches);
  return { env, commandNames: Object.keys(env).filter((name) => !logins.has(name)) };
}

/** Nx inside an agent: its daemon and plugin workers need sockets, which the agents' sandboxes refuse. */
export const NX_SWITCHES: Variables = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' };
