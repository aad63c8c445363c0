import { type Agent, type AgentDefinition, createRedactor, findSecrets } from '@nx-fleet/core';
import { privatePaths } from './hidden-paths.js';
import { CODEX_LOGIN_NAMES, planCodexInvocation, withRunFolder } from './invocation.js';
import { classifyCodex, codexProgress, initialCodexState, readCodexLine } from './outcome.js';
import { NX_SWITCHES, planEnvironment } from '../agent-environment.js';
import { type AgentContext, runAgentProcess } from '../agent-process.js';
import { detectProgram, installHint, resolveProgram } from '../detect.js';
import { redactOutcome } from '../outcome.js';

// The first one whose permission profiles are complete: they close the repository to a reader.
const MINIMUM_VERSION = '0.138.0';
// Set by the runner itself, to find what a process left behind.
const RUN_MARKER = 'NX_FLEET_RUN';

export type CodexDefinition = Extract<AgentDefinition, { readonly type: 'codex' }>;

/** OpenAI Codex, run by `codex exec`. */
export function createCodexAgent(name: string, definition: CodexDefinition, context: AgentContext): Agent {
  const { command, passEnv } = definition;
  const file = resolveProgram(command, context.workspaceRoot);
  const hint = installHint(name, command, '@openai/codex');
  return {
    name,
    detect: () => detectProgram({ command, file, versionArgs: ['--version'], minimum: MINIMUM_VERSION, hint, passEnv }, context),
    run: (request) =>
      withRunFolder({ schema: request.answerSchema, scratch: context.scratch }, async ({ schemaFile, temporary }) => {
        const { env, commandNames } = planEnvironment({
          source: context.env,
          loginNames: [...CODEX_LOGIN_NAMES, ...passEnv],
          worktree: request.env,
          switches: request.readOnly ? {} : { ...NX_SWITCHES, TMPDIR: temporary },
        });
        const redact = createRedactor([...findSecrets(env), ...findSecrets(request.env)]);
        const hidden = [...(request.hidden ?? []), ...(await privatePaths(env))];
        let state = initialCodexState(request.cwd);
        const result = await runAgentProcess(context, {
          name,
          file,
          invocation: planCodexInvocation(request, { schemaFile, commandNames: [...commandNames, RUN_MARKER], hidden }),
          env,
          request,
          redact,
          stage: () => (state.isTurnCompleted || state.failure !== null ? 'over' : 'running'),
          onLine: (line, stream) => {
            if (stream === 'stderr') return null;
            state = readCodexLine(state, line);
            return codexProgress(state);
          },
        });
        return redactOutcome(classifyCodex(state, result, { name, installHint: hint, model: request.model }), redact);
      }),
  };
}
