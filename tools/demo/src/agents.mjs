import { existsSync, readFileSync } from 'node:fs';

/** Variable with the file that each call of a scripted agent is written to. */
export const CALL_LOG_VARIABLE = 'DEMO_CALL_LOG';

/** The options for nx-fleet: who works, and what a change must pass. */
export function fleetSettings({ agent, isScripted }) {
  const agents = isScripted
    ? { writer: 'robot', reviewers: ['inspector'], define: { robot: scripted('robot'), inspector: scripted('inspector') } }
    : { writer: agent, reviewers: [agent] };
  return { agents, checks: ['nx affected -t lint,test --base={base}'] };
}

function scripted(name) {
  return {
    type: 'command',
    command: 'tools/agents/scripted.mjs',
    args: [name],
    files: ['tools/agents/**/*'],
    passEnv: [CALL_LOG_VARIABLE],
  };
}

/** The calls of scripted agents so far. */
export function readCalls(callLog) {
  if (!existsSync(callLog)) return [];
  return readFileSync(callLog, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
