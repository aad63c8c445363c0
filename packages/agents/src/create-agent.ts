import type { Agent, AgentDefinition } from '@nx-fleet/core';
import type { AgentContext } from './agent-process.js';
import { createClaudeAgent } from './claude/claude-agent.js';
import { createCodexAgent } from './codex/codex-agent.js';
import { createCommandAgent } from './command/command-agent.js';
import { createPricedAgent } from './price/price-usage.js';

/** The agent that a definition describes, with the cost of its runs; starts nothing. */
export function createAgent(name: string, definition: AgentDefinition, context: AgentContext): Agent {
  return createPricedAgent(createUnpricedAgent(name, definition, context), context.prices ?? {});
}

function createUnpricedAgent(name: string, definition: AgentDefinition, context: AgentContext): Agent {
  switch (definition.type) {
    case 'claude':
      return createClaudeAgent(name, definition, context);
    case 'codex':
      return createCodexAgent(name, definition, context);
    case 'command':
      return createCommandAgent(name, definition, context);
  }
}
