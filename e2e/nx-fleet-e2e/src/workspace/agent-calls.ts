import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** One start of a scripted agent, as it saw it. */
export interface AgentCall {
  readonly stage: string;
  readonly title: string;
  readonly cwd: string;
  /** `AGENTS.md` in its working directory. */
  readonly rules: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** Variable that tells the agents where to log, for commands whose calls are looked at. */
export function callLog({ folder }: Pick<Workspace, 'folder'>): Readonly<Record<string, string>> {
  return { E2E_CALL_LOG: join(folder, 'calls.jsonl') };
}

/** All logged calls, in their order. */
export function agentCalls({ folder }: Pick<Workspace, 'folder'>): readonly AgentCall[] {
  const file = join(folder, 'calls.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as AgentCall);
}
