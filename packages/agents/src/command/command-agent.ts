import { type Agent, createRedactor, findSecrets } from '@nx-fleet/core';
import { extractOutput } from './extract.js';
import { type CommandDefinition, planCommandInvocation } from './invocation.js';
import { classifyCommand } from './outcome.js';
import { createProgressReader, createRunWatch } from './progress.js';
import { NX_SWITCHES, planEnvironment } from '../agent-environment.js';
import { type AgentContext, runAgentProcess } from '../agent-process.js';
import { detectProgram, installHint, resolveProgram } from '../detect.js';
import { redactOutcome } from '../outcome.js';

/** Any program that takes a prompt on standard input and prints its answer. */
export function createCommandAgent(name: string, definition: CommandDefinition, context: AgentContext): Agent {
  const { command, passEnv, versionArgs, npmPackage = null } = definition;
  const file = resolveProgram(command, context.workspaceRoot);
  const hint = installHint(name, command, npmPackage);
  return {
    name,
    detect: () => detectProgram({ command, file, versionArgs, minimum: null, hint, passEnv }, context),
    async run(request) {
      const switches = { ...definition.env, ...(request.readOnly ? definition.readOnlyEnv : NX_SWITCHES) };
      const { env } = planEnvironment({ source: context.env, loginNames: passEnv, worktree: request.env, switches });
      const redact = createRedactor([...findSecrets(env), ...findSecrets(request.env)]);
      const readProgress = createProgressReader(definition, request.model);
      const { isAnswer } = request;
      const watch = createRunWatch(definition, { name, isAnswer });
      const result = await runAgentProcess(context, {
        name,
        file,
        invocation: planCommandInvocation(request, definition),
        env,
        request,
        redact,
        stage: () => (watch.isOver() ? 'over' : 'running'),
        onLine: (line, stream) => {
          if (stream === 'stdout') watch.read(line);
          return readProgress(line, stream);
        },
      });
      const extraction = extractOutput(result.stdout, definition);
      return redactOutcome(
        classifyCommand(extraction, result, { name, installHint: hint, model: request.model, exitCodes: definition.exitCodes, isAnswer }),
        redact,
      );
    },
  };
}
