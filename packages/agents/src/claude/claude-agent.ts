import { type Agent, type AgentDefinition, createRedactor, findSecrets } from '@nx-fleet/core';
import { claudeProgress, claudeStage, initialClaudeState, readClaudeLine } from './events.js';
import { CLAUDE_LOGIN_NAMES, CLAUDE_SWITCHES, planClaudeInvocation } from './invocation.js';
import { classifyClaude } from './outcome.js';
import { NX_SWITCHES, planEnvironment } from '../agent-environment.js';
import { type AgentContext, runAgentProcess } from '../agent-process.js';
import { detectProgram, installHint, resolveProgram } from '../detect.js';
import { redactOutcome } from '../outcome.js';

const MINIMUM_VERSION = '2.0.0';

export type ClaudeDefinition = Extract<AgentDefinition, { readonly type: 'claude' }>;

/** Claude Code, run by `claude -p`. */
export function createClaudeAgent(name: string, definition: ClaudeDefinition, context: AgentContext): Agent {
  const { command, passEnv } = definition;
  const file = resolveProgram(command, context.workspaceRoot);
  const hint = installHint(name, command, '@anthropic-ai/claude-code');
  return {
    name,
    detect: () => detectProgram({ command, file, versionArgs: ['--version'], minimum: MINIMUM_VERSION, hint, passEnv }, context),
    async run(request) {
      const loginNames = [...CLAUDE_LOGIN_NAMES, ...passEnv];
      const switches = { ...CLAUDE_SWITCHES, ...(request.readOnly ? {} : NX_SWITCHES) };
      const { env } = planEnvironment({ source: context.env, loginNames, worktree: request.env, switches });
      const redact = createRedactor([...findSecrets(env), ...findSecrets(request.env)]);
      let state = initialClaudeState(request.cwd);
      const result = await runAgentProcess(context, {
        name,
        file,
        invocation: planClaudeInvocation(request),
        env,
        request,
        redact,
        stage: () => claudeStage(state),
        onLine: (line, stream) => {
          if (stream === 'stderr') return null;
          state = readClaudeLine(state, line);
          return claudeProgress(state);
        },
      });
      return redactOutcome(classifyClaude(state, result, { name, installHint: hint, model: request.model, nowMs: Date.now() }), redact);
    },
  };
}
