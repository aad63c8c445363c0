import type { SettingsInput } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import type { Finding } from './detect.js';

export interface DetectedAgents {
  /** Null where the defaults hold. */
  readonly options: SettingsInput['agents'] | null;
  readonly findings: readonly Finding[];
}

const DEFAULT_AGENTS = ['claude', 'codex'] as const;
const OTHER_AGENTS = ['opencode', 'gemini', 'copilot'] as const;
export const SHIPPED_AGENTS = [...DEFAULT_AGENTS, ...OTHER_AGENTS];

/** Names only agents that are installed. Without Claude Code and Codex, the first other one that is there writes and reviews. */
export async function detectAgents(agent: Adapters['agent']): Promise<DetectedAgents> {
  const detect = async (name: string): Promise<Finding & { readonly isThere: boolean }> => {
    const answer = await agent(name).detect();
    return 'version' in answer
      ? { what: name, found: answer.version, isThere: true }
      : { what: name, found: answer.missing, isThere: false };
  };
  const [claude, codex] = await Promise.all([detect('claude'), detect('codex')]);
  const findings = [claude, codex].map(({ what, found }) => ({ what, found }));
  if (claude.isThere && codex.isThere) return { options: null, findings };
  if (claude.isThere) return { options: { reviewers: ['claude'] }, findings };
  if (codex.isThere) return { options: { writer: 'codex' }, findings };
  const other = (await Promise.all(OTHER_AGENTS.map(detect))).find(({ isThere }) => isThere);
  if (other === undefined) return { options: null, findings };
  return {
    options: { writer: other.what, reviewers: [other.what] },
    findings: [...findings, { what: other.what, found: other.found }],
  };
}
