import type { AgentProgram } from '../stage/stage-settings.js';

/**
 * Who made a reviewer. Of a `command` we know only its program and its model, so two that share the program and ask for the same model
 * count as one.
 */
export function vendorOf({ definition, model }: { readonly definition: AgentProgram; readonly model: string | null }): string {
  if (definition.type !== 'command') return definition.type;
  const program = definition.command.split(/[\\/]/).at(-1) ?? definition.command;
  return model === null ? program : `${program} ${model}`;
}
