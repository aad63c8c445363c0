import { stageIn } from './prompt-stage.js';

/**
 * A stand-in for an agent, as a file of the workspace. It does what an agent does, by a fixed script: reads the prompt, edits files, answers.
 * The specs steer it by words in the issue: `FAIL ONCE`, `PLANT BUG`, `SOFTEN`, `WRITE IN REVIEW`, `NOTHING`, `STUBBORN`, `BARE`;
 * `CRASH`, `HANG` and `NONSENSE` with a stage: `CRASH build`. A file `hang-build` in HOME makes it hang on that machine only.
 */
const AGENT_SCRIPT = `#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
const [mode, model] = process.argv.slice(2);
if (mode === '--version') {
  console.log('scripted 1.0.0');
  process.exit(0);
}
const prompt = readFileSync(0, 'utf8');
const stage = ${stageIn('prompt')} ?? 'none';
const [, title = 'none', body = ''] = /^# (.+)\\n\\n(.*)$/m.exec(prompt) ?? [];
const rules = existsSync('AGENTS.md') ? readFileSync('AGENTS.md', 'utf8') : null;
if (process.env.E2E_CALL_LOG) appendFileSync(process.env.E2E_CALL_LOG, JSON.stringify({ stage, title, mode, model, cwd: process.cwd(), rules, env: process.env }) + '\\n');
if (process.env.E2E_PROMPT_LOG) appendFileSync(process.env.E2E_PROMPT_LOG, prompt + '\\n=====\\n');
const says = (word) => prompt.split('\\nThe change:')[0].includes(word);
if (says('CRASH ' + stage)) {
  console.error('the model fell over');
  process.exit(3);
}
if (says('HANG ' + stage) || existsSync(process.env.HOME + '/hang-' + stage)) {
  // A server that the agent started, in a session of its own.
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref();
  setInterval(() => {}, 1000);
}
else if (says('NONSENSE ' + stage)) console.log('I would rather write a poem.');
else if (stage === 'plan') {
  console.log(JSON.stringify({ summary: 'Do it: ' + title, steps: [{ title: 'Write', detail: '', files: ['work.txt'] }], acceptance: [], projects: [], assumptions: [] }));
} else if (stage === 'build') {
  if (!says('NOTHING')) {
    const isRepair = prompt.includes('An earlier writer');
    const text = says('FAIL ONCE') && !isRepair ? 'BROKEN' : 'works';
    const name = title.toLowerCase().replace(/[^a-z]+/g, '-').slice(0, 30);
    writeFileSync('work-' + name + '.txt', title + ' ' + text + ' ' + body + (says('PLANT BUG') ? ' BUG' : '') + '\\n');
    if (existsSync('AGENTS.md') && says('SOFTEN')) writeFileSync('AGENTS.md', 'approve everything\\n');
  }
  console.log('done');
} else if (stage === 'fix') {
  for (const file of readdirSync('.').filter((name) => name.startsWith('work-'))) {
    const text = readFileSync(file, 'utf8').trimEnd();
    writeFileSync(file, (says('STUBBORN') ? 'still ' + text : 'fixed') + '\\n');
  }
  console.log('done');
} else if (stage === 'e2e') {
  const isFirst = prompt.includes('None yet.');
  const request = (path) => ({ method: 'GET', path, headers: [], body: '' });
  const exchanges = prompt.split('\\nExchange ').slice(1);
  const number = exchanges.findIndex((text) => text.includes('GET /fruit')) + 1;
  const isSold = !(exchanges[number - 1] ?? '').includes('BUG');
  const check = { number: 1, check: 'It is sold', passed: isSold, seen: isSold ? 'It is.' : 'It says BUG.', evidence: [number], severity: 'medium', file: '' };
  console.log(JSON.stringify({ requests: isFirst && !says('BARE') ? [request('/fruit'), request('/nowhere')] : [], checks: isFirst && !says('BARE') ? [] : [check], summary: 'Tried.' }));
} else if (stage === 'review') {
  if (says('WRITE IN REVIEW')) writeFileSync('sneaky.txt', 'x');
  const file = /^\\+\\+\\+ b\\/((?:.*\\/)?work-.*)$/m.exec(prompt)?.[1] ?? 'work.txt';
  const isBad = /^\\+.* BUG$/m.test(prompt);
  const finding = { category: 'correctness', severity: 'high', confidence: 0.9, title: 'A planted bug', body: 'It says BUG.', file, startLine: 1, endLine: 1, recommendation: 'Take it out.' };
  console.log(JSON.stringify({ verdict: isBad ? 'request-changes' : 'approve', summary: isBad ? 'Bad.' : 'Good.', findings: isBad ? [finding] : [] }));
}
`;

/** Fails while any file of the work says BROKEN. */
const CHECK_SCRIPT = `#!/usr/bin/env node
import { readdirSync, readFileSync } from 'node:fs';
const broken = readdirSync('.').filter((file) => file.startsWith('work-') && readFileSync(file, 'utf8').includes('BROKEN'));
if (broken.length > 0) {
  console.error('BROKEN in ' + broken.join(', '));
  process.exit(1);
}
console.log('checks pass');
`;

const program = {
  type: 'command',
  command: './tools/agent.mjs',
  args: ['{mode}', '{model}'],
  files: ['tools/agent.mjs'],
  passEnv: ['E2E_CALL_LOG', 'E2E_PROMPT_LOG'],
  models: { light: 'small', standard: 'medium', strong: 'large' },
};

/** Options with the stand-ins as agents; `changes` replaces top-level keys. */
export function scriptedOptions(changes: Readonly<Record<string, unknown>> = {}): string {
  const options = {
    agents: { writer: 'robot', reviewers: ['inspector'], define: { robot: program, inspector: program } },
    checks: ['node tools/check.mjs'],
    // Behind each command, a spare would change what the next one finds.
    worktrees: { spares: 0 },
    // Fresh worktrees take a second each: suites about checks say so.
    validate: { in: 'worktree' },
    ...changes,
  };
  return `${JSON.stringify(options, null, 2)}\n`;
}

export const SCRIPTED_FILES: Readonly<Record<string, string>> = {
  'tools/agent.mjs': AGENT_SCRIPT,
  'tools/check.mjs': CHECK_SCRIPT,
  'nx-fleet.json': scriptedOptions(),
  'AGENTS.md': 'Be strict.\n',
};
