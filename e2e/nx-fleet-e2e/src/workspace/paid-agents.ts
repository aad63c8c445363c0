import { stageIn } from './prompt-stage.js';
import { SCRIPTED_FILES } from './scripted-agents.js';

/** What the stand-ins that cost something tell for each stage, in US dollars. */
const PRICES = { plan: 0.1, build: 0.2, review: 0.1 } as const;

/** Plays the scripted agent, and tells tokens and a cost with its answer, as JSON. */
const PAID_SCRIPT = `#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
const args = process.argv.slice(2);
const input = args[0] === '--version' ? '' : readFileSync(0, 'utf8');
const agent = new URL('agent.mjs', import.meta.url).pathname;
const { status, stdout } = spawnSync(process.execPath, [agent, ...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] });
const stage = ${stageIn('input')};
const cost = ${JSON.stringify(PRICES)}[stage];
process.stdout.write(args[0] === '--version' ? stdout : JSON.stringify({ text: stdout, tokens: { input: 1000, output: 50 }, cost, model: 'paid-' + args[1] }) + '\\n');
process.exitCode = status ?? 1;
`;

const program = {
  type: 'command',
  command: './tools/paid-agent.mjs',
  args: ['{mode}', '{model}'],
  files: ['tools/*agent.mjs'],
  passEnv: ['E2E_CALL_LOG'],
  models: { light: 'small', standard: 'medium', strong: 'large' },
  output: 'json',
  extract: { text: 'text', inputTokens: 'tokens.input', outputTokens: 'tokens.output', costUsd: 'cost', model: 'model' },
};

/** Options with agents that cost something, and with budgets. */
export function paidOptions(budgets: Readonly<Record<string, number | string>>): string {
  const options = {
    agents: { writer: 'robot', reviewers: ['inspector'], define: { robot: program, inspector: program } },
    checks: ['node tools/check.mjs'],
    worktrees: { spares: 0 },
    budgets,
  };
  return `${JSON.stringify(options, null, 2)}\n`;
}

export const PAID_FILES: Readonly<Record<string, string>> = { ...SCRIPTED_FILES, 'tools/paid-agent.mjs': PAID_SCRIPT };
