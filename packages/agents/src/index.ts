export { createAgent } from './create-agent.js';
export type { AgentContext } from './agent-process.js';
