import type { AgentRequest, CommandResult } from '@nx-fleet/core';

/** A request of a reader, in parts replaced. */
export function agentRequest(overrides: Partial<AgentRequest> = {}): AgentRequest {
  return {
    cwd: '/repo',
    prompt: 'Judge it.',
    model: 'model-a',
    readOnly: true,
    timeoutMs: 30_000,
    idleTimeoutMs: 30_000,
    env: {},
    onProgress: () => undefined,
    onTranscript: () => undefined,
    ...overrides,
  };
}

/** A program that exited with code 0, in parts replaced. */
export function commandResult(overrides: Partial<CommandResult> = {}): CommandResult {
  return { ended: 'exited', exitCode: 0, signal: null, stdout: '', stderr: '', durationMs: 1, ...overrides };
}
